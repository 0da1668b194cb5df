package dev.tarn.writer.change;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;

/**
 * One attempt at a commit, resolved against one snapshot.
 *
 * @param update makes the update on the table that it is given, or on a transaction that is based on the same snapshot
 * @param attemptFiles locations that only this attempt refers to; to be deleted if it is not committed
 * @param dataFiles locations of all data files that it adds
 * @param rowsDeleted rows that were visible and will not be; 0 where rows are removed by key without looking for them
 * @param deleteFilesAdded new deletion vectors and delete files
 * @param bytesAdded length of all new files
 */
public record PlannedChange(
        Function<Table, SnapshotUpdate<?>> update,
        List<String> attemptFiles,
        Set<String> dataFiles,
        long rowsDeleted,
        int deleteFilesAdded,
        long bytesAdded) {
    /** Copies the collections. */
    public PlannedChange {
        attemptFiles = List.copyOf(attemptFiles);
        dataFiles = Set.copyOf(dataFiles);
    }
}
