package dev.tarn.kafka;

/** What happens to records that cannot become rows. */
public enum BadRecords {
    /** What came before is committed and the run stops. */
    ABORT,
    /** They go to the dead-letter table, whole, with the reason. */
    DEAD_LETTER,
    /** They are counted and passed over. */
    SKIP
}
