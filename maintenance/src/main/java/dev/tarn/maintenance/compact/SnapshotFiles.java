package dev.tarn.maintenance.compact;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** Reads which data files, with which deletes, make up a snapshot. Confined to one thread. */
final class SnapshotFiles {
    private SnapshotFiles() {}

    /** The newest snapshot of a branch, or null if the table or the main branch is still empty. */
    static @Nullable Snapshot head(Table table, String branch) {
        if (branch.equals(SnapshotRef.MAIN_BRANCH)) {
            return table.currentSnapshot();
        }
        SnapshotRef ref = table.refs().get(branch);
        if (ref == null || !ref.isBranch()) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s has no branch '%s'; its refs are %s"
                            .formatted(table.name(), branch, table.refs().keySet()));
        }
        return table.snapshot(ref.snapshotId());
    }

    /** Locations of the files that may hold rows which match. */
    static Set<String> matching(Table table, long snapshotId, Expression where) {
        Set<String> locations = new HashSet<>();
        try {
            forEach(
                    table.newScan().useSnapshot(snapshotId).filter(where),
                    task -> locations.add(task.file().location()));
        } catch (ValidationException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Cannot apply the filter to table %s: %s".formatted(table.name(), e.getMessage()),
                    e);
        }
        return locations;
    }

    /**
     * The files of a snapshot by location, each with all deletes that apply to it. The scan is never filtered: a filter
     * also drops delete files that concern only rows outside of it, and a rewrite copies those rows too.
     */
    static Map<String, FileScanTask> tasks(Table table, long snapshotId, Predicate<String> wanted) {
        Map<String, FileScanTask> tasks = new HashMap<>();
        forEach(table.newScan().useSnapshot(snapshotId).filter(Expressions.alwaysTrue()), task -> {
            if (wanted.test(task.file().location())) {
                tasks.put(task.file().location(), task);
            }
        });
        return tasks;
    }

    private static void forEach(TableScan scan, Consumer<FileScanTask> visit) {
        try (CloseableIterable<FileScanTask> files = scan.planFiles()) {
            files.forEach(visit);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read the manifests of " + scan.table().name(), e);
        }
    }
}
