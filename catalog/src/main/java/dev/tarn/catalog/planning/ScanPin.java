package dev.tarn.catalog.planning;

/**
 * What makes a scan the same scan whenever it is planned again.
 *
 * @param snapshotId the snapshot, {@link #NO_SNAPSHOT} if the table had none
 * @param schemaId the schema that gives the filter's names a meaning
 */
record ScanPin(long snapshotId, int schemaId) {
    /** Stands for the snapshot of an empty table. */
    static final long NO_SNAPSHOT = -1;

    boolean isEmpty() {
        return snapshotId == NO_SNAPSHOT;
    }
}
