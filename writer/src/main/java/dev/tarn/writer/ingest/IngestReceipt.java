package dev.tarn.writer.ingest;

import java.util.OptionalLong;

/**
 * What one call did.
 *
 * @param snapshotId the snapshot that holds the work; empty if there was nothing to commit
 * @param alreadyCommitted whether an earlier call with the same token had done the work, so that this one changed nothing
 * @param rowsAdded rows in the new data files that are visible
 * @param rowsRejected rows that a gate held back
 * @param rowsDeleted rows that were visible before and are not any more
 * @param dataFilesAdded new data files
 * @param deleteFilesAdded new deletion vectors or position delete files
 * @param bytesAdded length of all new files
 */
public record IngestReceipt(
        OptionalLong snapshotId,
        boolean alreadyCommitted,
        long rowsAdded,
        long rowsRejected,
        long rowsDeleted,
        int dataFilesAdded,
        int deleteFilesAdded,
        long bytesAdded) {
    static IngestReceipt nothing() {
        return nothing(0);
    }

    static IngestReceipt nothing(long rowsRejected) {
        return new IngestReceipt(OptionalLong.empty(), false, 0, rowsRejected, 0, 0, 0, 0);
    }

    static IngestReceipt repeated(long snapshotId) {
        return new IngestReceipt(OptionalLong.of(snapshotId), true, 0, 0, 0, 0, 0, 0);
    }
}
