package dev.tarn.maintenance.compact;

/** How a group of files is rewritten, from the cheapest to the one that is always right. */
public enum Tier {
    /** The group is left as it is; the reason says why. */
    SKIP,
    /** Rows are read with all deletes applied and written anew. */
    ROWS
}
