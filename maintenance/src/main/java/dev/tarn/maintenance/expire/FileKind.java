package dev.tarn.maintenance.expire;

/** What a file is to its table. */
public enum FileKind {
    /** Rows. */
    DATA,
    /** Position deletes of format 2. */
    POSITION_DELETES,
    /** A Puffin file with deletion vectors, possibly of several data files. */
    DELETION_VECTORS,
    /** Equality deletes. */
    EQUALITY_DELETES,
    /** A manifest of data or delete files. */
    MANIFEST,
    /** The list of a snapshot's manifests. */
    MANIFEST_LIST,
    /** Table statistics of a snapshot. */
    STATISTICS,
    /** Partition statistics of a snapshot. */
    PARTITION_STATISTICS
}
