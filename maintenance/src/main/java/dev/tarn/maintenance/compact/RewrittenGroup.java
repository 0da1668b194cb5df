package dev.tarn.maintenance.compact;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;

/**
 * A group whose outputs are written but not committed.
 *
 * @param group what was planned
 * @param inputs the files that were read, each with the deletes that were applied
 * @param outputs the files that replace them; empty if every row was deleted
 * @param start the snapshot that was read
 */
record RewrittenGroup(CompactionGroup group, List<FileScanTask> inputs, List<DataFile> outputs, Snapshot start) {
    RewrittenGroup {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Whether the inputs are all live and lack no delete that a later snapshot has. */
    boolean isUpToDate(Map<String, FileScanTask> live, boolean alsoForEqualityDeletes) {
        for (FileScanTask input : inputs) {
            FileScanTask now = live.get(input.file().location());
            if (now == null || !deletes(now, alsoForEqualityDeletes).equals(deletes(input, alsoForEqualityDeletes))) {
                return false;
            }
        }
        return true;
    }

    private static Set<String> deletes(FileScanTask task, boolean withEqualityDeletes) {
        return task.deletes().stream()
                .filter(delete -> withEqualityDeletes || delete.content() != FileContent.EQUALITY_DELETES)
                .map(RewrittenGroup::identity)
                .collect(Collectors.toSet());
    }

    /** A deletion vector is one blob of a file that may hold many. */
    private static String identity(DeleteFile delete) {
        return delete.location() + "@" + delete.contentOffset();
    }
}
