package dev.tarn.writer.copy;

/** Which files are loaded. */
public enum CopyMode {
    /** Those that the table's snapshots do not name as loaded already. */
    NEW_FILES,
    /** All, even if they were loaded before. */
    ALL_FILES,
    /** All are read and checked, nothing is written. */
    VALIDATE_ONLY
}
