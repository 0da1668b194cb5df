package dev.tarn.writer.copy;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a load did.
 *
 * @param snapshotId the snapshot that holds the rows; empty if nothing was committed
 * @param filesLoaded files whose rows were loaded, or would be
 * @param filesSkipped files that had been loaded before
 * @param filesRejected files that were left out because a row does not fit or they are damaged
 * @param rowsLoaded rows that fit
 * @param rowsRejected rows that do not fit, and those that a gate held back
 * @param firstErrors the first reasons, with file, line and column; 100 at most
 * @param dataFilesAdded new data files
 * @param bytesAdded their length
 * @param notPurged locations of source files that should have been deleted but could not be
 */
public record CopyReceipt(
        OptionalLong snapshotId,
        int filesLoaded,
        int filesSkipped,
        int filesRejected,
        long rowsLoaded,
        long rowsRejected,
        List<String> firstErrors,
        int dataFilesAdded,
        long bytesAdded,
        List<String> notPurged) {
    /** Copies the lists. */
    public CopyReceipt {
        firstErrors = List.copyOf(firstErrors);
        notPurged = List.copyOf(notPurged);
    }
}
