package dev.tarn.writer.change;

import dev.tarn.writer.files.DeleteFilesWriter;
import dev.tarn.writer.files.DeletedRows;
import dev.tarn.writer.index.FileRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
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
        RowDelta delta = table.newRowDelta().validateDeletedFiles();
        if (start != null) {
            delta.validateFromSnapshot(start.snapshotId());
        }
        byKey.forEach(delta::addDeletes);
        wholeFiles.forEach(task -> removeFile(task, delta));
        if (way == RowDeletes.COPY_ON_WRITE) {
            // A copy gets a new sequence number, so that no delete that came meanwhile counts for it, whatever it is about.
            validate(delta.conflictDetectionFilter(Expressions.alwaysTrue()), newRows);
            return copy(delta, added, lost);
        }
        if (byKey.isEmpty()) {
            validate(delta.conflictDetectionFilter(touched), newRows);
        }
        return deletePositions(delta, added, lost, byKey);
    }

    private static void validate(RowDelta delta, NewRows newRows) {
        delta.validateNoConflictingDeleteFiles();
        if (newRows == NewRows.CONFLICT) {
            delta.validateNoConflictingDataFiles();
        }
    }

    private PlannedChange deletePositions(
            RowDelta delta, List<DataFile> added, Map<String, Roaring64Bitmap> lost, List<DeleteFile> byKey) {
        DeletedRows deleted = new DeletedRows();
        parts.forEach((location, part) -> {
            FileScanTask task = part.task();
            deleted.addFile(location, task.spec(), task.file().partition(), FileRows.positionDeletes(task));
            deleted.addPositions(location, part.positions());
        });
        delta.validateDataFilesExist(parts.keySet());
        for (DataFile file : added) {
            delta.addRows(file);
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
        written.added().forEach(delta::addDeletes);
        written.replaced().forEach(delta::removeDeletes);
        long bytes = bytes(added)
                + written.bytes()
                + byKey.stream().mapToLong(DeleteFile::fileSizeInBytes).sum();
        return new PlannedChange(
                delta,
                written.locations(),
                locations(added),
                rows,
                written.added().size() + byKey.size(),
                bytes);
    }

    private PlannedChange copy(RowDelta delta, List<DataFile> added, Map<String, Roaring64Bitmap> lost) {
        List<DataFile> files = new ArrayList<>();
        for (Part part : parts.values()) {
            removeFile(part.task(), delta);
            copies.rewrite(part.task(), part.positions()).ifPresent(files::add);
        }
        for (DataFile file : added) {
            Roaring64Bitmap positions = lost.get(file.location());
            Optional<DataFile> kept =
                    positions == null ? Optional.of(file) : copies.rewriteNew(file, positions);
            kept.ifPresent(files::add);
        }
        files.forEach(delta::addRows);
        return new PlannedChange(delta, List.of(), locations(files), rows, 0, bytes(files));
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
