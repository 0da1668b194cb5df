package dev.tarn.kafka.rows;

/** What happens to fields that the table has no column for. Fields that are null are never missed. */
public enum UnknownFields {
    /** The table gets a column. */
    EVOLVE,
    /** The record is refused. */
    REFUSE,
    /** The field is left out. */
    DISCARD
}
