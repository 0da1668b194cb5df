package dev.tarn.writer.ingest;

/** How the top-level columns of batches find their columns in the table. Fields of structs are found by name. */
public enum ColumnMatching {
    /** By name. */
    NAME,
    /** By name, whatever its case. */
    NAME_IGNORING_CASE,
    /**
     * By the field id in the Arrow metadata ({@code PARQUET:field_id} or {@code iceberg.field-id}), so that batches made
     * before a rename still fit; columns without an id by name. Only for batches made from this table's schema: ids of
     * another table mean other columns.
     */
    FIELD_ID
}
