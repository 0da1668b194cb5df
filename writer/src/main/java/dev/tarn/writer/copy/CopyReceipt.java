package dev.tarn.writer.copy;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a load did.
 *
 * @param snapshotId the snapshot that holds the rows; empty if nothing was committed
 * @param filesLoaded files that were read
 * @param filesSkipped files that had been loaded before
 * @param rowsLoaded rows that fit
 * @param rowsRejected rows that were left out
 * @param firstErrors the first reasons for leaving rows out, with file, line and column
 * @param dataFilesAdded new data files
 * @param bytesAdded their length
 */
public record CopyReceipt(
        OptionalLong snapshotId,
        int filesLoaded,
        int filesSkipped,
        long rowsLoaded,
        long rowsRejected,
        List<String> firstErrors,
        int dataFilesAdded,
        long bytesAdded) {
    /** Copies the list. */
    public CopyReceipt {
        firstErrors = List.copyOf(firstErrors);
    }
}
