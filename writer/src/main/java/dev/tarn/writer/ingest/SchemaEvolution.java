package dev.tarn.writer.ingest;

/** What happens when batches do not fit the schema of the table. */
public enum SchemaEvolution {
    /** The batch is refused. */
    FREEZE,
    /**
     * Unknown columns are added as optional ones, also inside structs, types are widened where Iceberg allows it, and
     * required columns that the batches lack become optional, in a schema commit before the data.
     */
    EVOLVE,
    /**
     * Rows that do not fit are left out and counted as rejected: with a null in a required column, with a value in a column
     * that the table lacks, or with a value that does not convert to the type of its column.
     */
    DISCARD_ROW,
    /**
     * Values that do not fit are left out and counted in the summary of the snapshot: columns that the table lacks, and
     * values that do not convert, which become null. Rows that then have a null in a required column are left out.
     */
    DISCARD_VALUE;

    boolean discards() {
        return this == DISCARD_ROW || this == DISCARD_VALUE;
    }
}
