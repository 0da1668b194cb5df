package dev.tarn.writer.change;

import dev.tarn.writer.files.DeleteFilesWriter;
import dev.tarn.writer.files.DeletedRows;
import dev.tarn.writer.index.FileRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** What one attempt takes out of a snapshot and puts in, made into one update. Confined to one thread. */
final class RowRemoval {
    private final Table table;
    private final RowDeletes way;
    private final CopyOnWrite copies;
    private final Map<String, Part> parts = new HashMap<>();
    private final List<FileScanTask> wholeFiles = new ArrayList<>();
    private long rows;

    private record Part(FileScanTask task, Roaring64Bitmap positions) {}

    /** Whether rows that others add meanwhile are a conflict. */
    enum NewRows {
        ALLOWED,
        CONFLICT
    }

    RowRemoval(Table table, RowDeletes way, CopyOnWrite copies) {
        this.table = table;
        this.way = way;
        this.copies = copies;
    }

    /** Takes out visible rows of a data file. */
    void add(FileScanTask task, Roaring64Bitmap positions) {
        if (way != RowDeletes.COPY_ON_WRITE) {
            DeleteFilesWriter.requireRowDeletes(table);
        }
        parts.put(task.file().location(), new Part(task, positions));
        rows += positions.getLongCardinality();
    }

    /** Takes out a data file with all its visible rows. */
    void addWhole(FileScanTask task, long visibleRows) {
        wholeFiles.add(task);
        rows += visibleRows;
    }

    boolean isEmpty() {
        return parts.isEmpty() && wholeFiles.isEmpty();
    }

    /**
     * Writes the delete files or copies and makes the update.
     *
     * @param start the snapshot that the rows were found in; null if the branch is empty
     * @param added new data files
     * @param lost positions in the new data files that must not become visible
     * @param byKey equality deletes
     * @param touched matches every row that this change is about
     */
    PlannedChange plan(
            @Nullable Snapshot start,
            List<DataFile> added,
            Map<String, Roaring64Bitmap> lost,
            List<DeleteFile> byKey,
            Expression touched,
            NewRows newRows) {
        List<Consumer<RowDelta>> steps = new ArrayList<>();
        steps.add(RowDelta::validateDeletedFiles);
        if (start != null) {
            steps.add(delta -> delta.validateFromSnapshot(start.snapshotId()));
        }
        byKey.forEach(file -> steps.add(delta -> delta.addDeletes(file)));
        wholeFiles.forEach(task -> steps.add(delta -> removeFile(task, delta)));
        if (way == RowDeletes.COPY_ON_WRITE) {
            // A copy gets a new sequence number, so that no delete that came meanwhile counts for it, whatever it is
            // about.
            steps.add(delta -> validate(delta, Expressions.alwaysTrue(), newRows));
            if (start != null && !parts.isEmpty()) {
                findAllDeletes(start);
            }
            return copy(steps, added, lost);
        }
        if (byKey.isEmpty()) {
            steps.add(delta -> validate(delta, touched, newRows));
        }
        return deletePositions(steps, added, lost, byKey);
    }

    private static void validate(RowDelta delta, Expression conflicts, NewRows newRows) {
        delta.conflictDetectionFilter(conflicts).validateNoConflictingDeleteFiles();
        if (newRows == NewRows.CONFLICT) {
            delta.validateNoConflictingDataFiles();
        }
    }

    private PlannedChange deletePositions(
            List<Consumer<RowDelta>> steps,
            List<DataFile> added,
            Map<String, Roaring64Bitmap> lost,
            List<DeleteFile> byKey) {
        DeletedRows deleted = new DeletedRows();
        parts.forEach((location, part) -> {
            FileScanTask task = part.task();
            deleted.addFile(location, task.spec(), task.file().partition(), FileRows.positionDeletes(task));
            deleted.addPositions(location, part.positions());
        });
        List<String> affected = List.copyOf(parts.keySet());
        steps.add(delta -> delta.validateDataFilesExist(affected));
        for (DataFile file : added) {
            steps.add(delta -> delta.addRows(file));
            Roaring64Bitmap positions = lost.get(file.location());
            if (positions != null) {
                deleted.addFile(
                        file.location(),
                        Objects.requireNonNull(table.specs().get(file.specId())),
                        file.partition(),
                        List.of());
                deleted.addPositions(file.location(), positions);
            }
        }
        DeleteFilesWriter.Written written = DeleteFilesWriter.write(table, deleted);
        steps.add(delta -> {
            written.added().forEach(delta::addDeletes);
            written.replaced().forEach(delta::removeDeletes);
        });
        long bytes = bytes(added)
                + written.bytes()
                + byKey.stream().mapToLong(DeleteFile::fileSizeInBytes).sum();
        return new PlannedChange(
                update(steps),
                written.locations(),
                locations(added),
                rows,
                written.added().size() + byKey.size(),
                bytes);
    }

    /**
     * A scan with a filter leaves out equality deletes of values that do not match it. Of rows that stay they count all the
     * same, so that files which are written again are planned without a filter.
     */
    private void findAllDeletes(Snapshot start) {
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().useSnapshot(start.snapshotId()).planFiles()) {
            for (FileScanTask task : tasks) {
                parts.computeIfPresent(task.file().location(), (location, part) -> new Part(task, part.positions()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot plan the deletes of table " + table.name(), e);
        }
    }

    private PlannedChange copy(
            List<Consumer<RowDelta>> steps, List<DataFile> added, Map<String, Roaring64Bitmap> lost) {
        List<DataFile> files = new ArrayList<>();
        for (Part part : parts.values()) {
            steps.add(delta -> removeFile(part.task(), delta));
            copies.rewrite(part.task(), part.positions()).ifPresent(files::add);
        }
        for (DataFile file : added) {
            Roaring64Bitmap positions = lost.get(file.location());
            Optional<DataFile> kept = positions == null ? Optional.of(file) : copies.rewriteNew(file, positions);
            kept.ifPresent(files::add);
        }
        files.forEach(file -> steps.add(delta -> delta.addRows(file)));
        return new PlannedChange(update(steps), List.of(), locations(files), rows, 0, bytes(files));
    }

    private static Function<Table, SnapshotUpdate<?>> update(List<Consumer<RowDelta>> steps) {
        List<Consumer<RowDelta>> all = List.copyOf(steps);
        return target -> {
            RowDelta delta = target.newRowDelta();
            all.forEach(step -> step.accept(delta));
            return delta;
        };
    }

    private static void removeFile(FileScanTask task, RowDelta delta) {
        delta.removeRows(task.file().copyWithoutStats());
        for (DeleteFile delete : task.deletes()) {
            if (task.file().location().equals(delete.referencedDataFile())) {
                delta.removeDeletes(delete);
            }
        }
    }

    private static Set<String> locations(List<DataFile> files) {
        Set<String> locations = new HashSet<>();
        files.forEach(file -> locations.add(file.location()));
        return locations;
    }

    private static long bytes(List<DataFile> files) {
        return files.stream().mapToLong(DataFile::fileSizeInBytes).sum();
    }
}
