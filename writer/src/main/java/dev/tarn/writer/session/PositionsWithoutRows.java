package dev.tarn.writer.session;

/** What becomes of tokens that moved although no row was admitted. */
public enum PositionsWithoutRows {
    /** They are committed with an empty snapshot, so that the producer never reads the same input again. */
    COMMIT,
    /** They wait for the next rows, and are forgotten if there are none: no snapshots without rows. */
    KEEP
}
