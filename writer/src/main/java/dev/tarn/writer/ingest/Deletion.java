package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.files.DeleteFilesWriter;
import dev.tarn.writer.files.DeletedRows;
import dev.tarn.writer.files.FileCleanup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.StrictMetricsEvaluator;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.TypeUtil;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** One attempt to delete all rows that match a filter. Confined to one thread. */
final class Deletion {
    private final Table table;
    private final IngestOptions options;
    private final Expression filter;
    private final DeletedRows deleted = new DeletedRows();
    private final List<DataFile> wholeFiles = new ArrayList<>();
    private long rowsOfWholeFiles;

    Deletion(Table table, IngestOptions options, Expression filter) {
        this.table = table;
        this.options = options;
        this.filter = filter;
    }

    IngestReceipt attempt() {
        table.refresh();
        Snapshot start = table.snapshot(options.branch());
        if (start == null) {
            return IngestReceipt.nothing();
        }
        plan(start);
        if (wholeFiles.isEmpty() && deleted.count() == 0 && options.token().isEmpty()) {
            return IngestReceipt.nothing();
        }
        DeleteFilesWriter.Written written = DeleteFilesWriter.write(table, deleted);
        CommitResult result = Commits.commit(
                table,
                target -> delta(target, start, written),
                options.request(Map.of()),
                () -> FileCleanup.delete(table.io(), written.locations()));
        if (result.alreadyCommitted()) {
            return IngestReceipt.repeated(result.snapshotId());
        }
        return new IngestReceipt(
                OptionalLong.of(result.snapshotId()),
                false,
                0,
                0,
                deleted.count() + rowsOfWholeFiles,
                0,
                written.added().size(),
                written.bytes());
    }

    private RowDelta delta(Table target, Snapshot start, DeleteFilesWriter.Written written) {
        RowDelta delta = target.newRowDelta()
                .validateFromSnapshot(start.snapshotId())
                .validateDataFilesExist(deleted.locations())
                .validateDeletedFiles()
                .conflictDetectionFilter(filter)
                .validateNoConflictingDeleteFiles();
        written.added().forEach(delta::addDeletes);
        written.replaced().forEach(delta::removeDeletes);
        wholeFiles.forEach(delta::removeRows);
        return delta;
    }

    private void plan(Snapshot start) {
        Schema schema = table.schema();
        Set<Integer> columns = filterColumns(schema);
        Schema projection = TypeUtil.select(schema, columns);
        RowLocator locator = new RowLocator(table, projection, filter);
        Evaluator matches = new Evaluator(projection.asStruct(), filter);
        StrictMetricsEvaluator everyRow = new StrictMetricsEvaluator(schema, filter);
        try (CloseableIterable<FileScanTask> tasks = table.newScan()
                .useSnapshot(start.snapshotId())
                .filter(filter)
                .includeColumnStats()
                .planFiles()) {
            for (FileScanTask task : tasks) {
                boolean whole = task.residual().op() == Expression.Operation.TRUE || everyRow.eval(task.file());
                if (whole && task.deletes().isEmpty()) {
                    addWhole(task, task.file().recordCount());
                } else {
                    planRows(task, locator, matches);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot plan a delete from table " + table.name(), e);
        }
    }

    private Set<Integer> filterColumns(Schema schema) {
        try {
            return Binder.boundReferences(schema.asStruct(), List.of(filter), true);
        } catch (ValidationException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The filter does not fit table %s: %s".formatted(table.name(), e.getMessage()),
                    e);
        }
    }

    private void planRows(FileScanTask task, RowLocator locator, Evaluator matches) {
        Roaring64Bitmap found = new Roaring64Bitmap();
        long[] visible = {0};
        locator.forEachVisible(task, (row, position) -> {
            visible[0]++;
            if (matches.eval(row)) {
                found.addLong(position);
            }
        });
        if (found.isEmpty()) {
            return;
        }
        // Row groups that the filter skipped were not counted, so only a full count proves that nothing is left.
        if (found.getLongCardinality() == visible[0]
                && task.deletes().isEmpty()
                && visible[0] == task.file().recordCount()) {
            addWhole(task, visible[0]);
            return;
        }
        DeleteFilesWriter.requireRowDeletes(table);
        String location = task.file().location();
        deleted.addFile(location, task.spec(), task.file().partition(), RowLocator.positionDeletes(task));
        found.forEach((long position) -> deleted.addPosition(location, position));
    }

    private void addWhole(FileScanTask task, long visibleRows) {
        wholeFiles.add(task.file().copyWithoutStats());
        rowsOfWholeFiles += visibleRows;
    }
}
