package dev.tarn.writer.change;

import dev.tarn.writer.commit.CommitResult;

/**
 * What a commit of changes did.
 *
 * @param commit the snapshot, and whether an earlier commit had done the work
 * @param rowsAdded visible rows of the new data files
 * @param rowsDeleted rows that were visible before and are not any more; 0 where rows are removed by key without looking
 * @param dataFilesAdded new data files with rows of this call, copies of old files not counted
 * @param deleteFilesAdded new deletion vectors and delete files
 * @param bytesAdded length of all new files
 */
public record ChangeResult(
        CommitResult commit,
        long rowsAdded,
        long rowsDeleted,
        int dataFilesAdded,
        int deleteFilesAdded,
        long bytesAdded) {}
