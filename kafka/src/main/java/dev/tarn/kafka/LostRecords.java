package dev.tarn.kafka;

/** What happens when a topic has deleted records that were not read yet. */
public enum LostRecords {
    /** The run stops and says which. */
    ABORT,
    /** Reading goes on at the first record that is left. */
    SKIP
}
