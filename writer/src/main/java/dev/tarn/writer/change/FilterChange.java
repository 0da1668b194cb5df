package dev.tarn.writer.change;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.index.FileRows;
import dev.tarn.writer.internal.ArrowRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.StrictMetricsEvaluator;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.TypeUtil;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Removes the rows of a table that match a filter, and puts others in their place if there are any: whole data files from
 * the metadata where every row matches, else row by row. Not thread-safe.
 */
public final class FilterChange {
    private final Table table;
    private final String branch;
    private final RowDeletes way;
    private final Expression filter;
    private final TableIdentity identity;
    private final CopyOnWrite copies;

    /** What happens when there is nothing to change. */
    public enum WhenEmpty {
        /** No snapshot. */
        SKIP,
        /** A snapshot without files, which carries the summary and the token. */
        COMMIT
    }

    /**
     * For a table as it is now.
     *
     * @throws TarnException INVALID if the filter does not fit the schema, UNSUPPORTED for deletes by key
     */
    public FilterChange(Table table, String branch, RowDeletes way, Expression filter) {
        if (way == RowDeletes.EQUALITY) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Rows of table %s that match a filter cannot be removed by equality deletes; use positions or copy-on-write"
                            .formatted(table.name()));
        }
        this.table = table;
        this.branch = branch;
        this.way = way;
        this.filter = filter;
        this.identity = TableIdentity.of(table);
        this.copies = new CopyOnWrite(table);
        filterColumns(table.schema());
    }

    /**
     * Refuses rows that the filter would not have removed, as they would be there twice after a repeated call.
     *
     * @throws TarnException INVALID naming the first such row of the batch
     */
    public void requireMatches(VectorSchemaRoot batch, int[] selected, int count) {
        Schema projection = TypeUtil.select(table.schema(), filterColumns(table.schema()));
        Evaluator matches = new Evaluator(projection.asStruct(), filter);
        ArrowRow row = new ArrowRow(projection.asStruct(), batch);
        for (int i = 0; i < count; i++) {
            if (!matches.eval(row.at(selected[i]))) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Row %d of the batch does not match the filter whose rows of table %s it should replace"
                                .formatted(selected[i], table.name()));
            }
        }
    }

    /**
     * Plans and commits, again when others interfere.
     *
     * @param added data files whose rows take the place of the removed ones; the call owns them
     * @param whenEmpty what happens if no row matches and none is added
     * @return empty if nothing was committed
     * @throws TarnException CONFLICT, UNKNOWN_OUTCOME (all files are kept), UNSUPPORTED if rows must be deleted by position
     *     from a table of format version 1
     */
    public Optional<ChangeResult> commit(CommitRequest request, WhenEmpty whenEmpty, List<DataFile> added) {
        long rows = added.stream().mapToLong(DataFile::recordCount).sum();
        try {
            ChangeResult result = PlannedCommit.run(
                    table, request, () -> plan(added, whenEmpty), new Files(added), rows, added.size());
            return Optional.of(result);
        } catch (NothingToDo e) {
            return Optional.empty();
        }
    }

    private static final class NothingToDo extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final class Files implements PlannedCommit.Ending {
        private final List<DataFile> added;

        Files(List<DataFile> added) {
            this.added = added;
        }

        @Override
        public void committed(PlannedChange plan, CommitResult result) {
            copies.keepOnly(plan.dataFiles());
        }

        @Override
        public void abort() {
            copies.keepOnly(Set.of());
            FileCleanup.delete(
                    table.io(), added.stream().map(DataFile::location).toList());
        }
    }

    private PlannedChange plan(List<DataFile> added, WhenEmpty whenEmpty) {
        identity.refresh(table);
        Snapshot start = table.snapshot(branch);
        RowRemoval removal = new RowRemoval(table, way, copies);
        if (start != null) {
            find(start, removal);
        }
        if (removal.isEmpty() && added.isEmpty() && whenEmpty == WhenEmpty.SKIP) {
            throw new NothingToDo();
        }
        // Rows that others add while old ones are deleted may stay; while they are replaced, they may not.
        RowRemoval.NewRows newRows = added.isEmpty() ? RowRemoval.NewRows.ALLOWED : RowRemoval.NewRows.CONFLICT;
        return removal.plan(start, added, Map.of(), List.of(), filter, newRows);
    }

    private void find(Snapshot start, RowRemoval removal) {
        Schema schema = table.schema();
        Schema projection = TypeUtil.select(schema, filterColumns(schema));
        FileRows rows = new FileRows(table, projection, filter);
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
                    removal.addWhole(task, task.file().recordCount());
                } else {
                    findRows(task, rows, new InternalRecordWrapper(projection.asStruct()), matches, removal);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot plan a change of table " + table.name(), e);
        }
    }

    private static void findRows(
            FileScanTask task, FileRows rows, InternalRecordWrapper view, Evaluator matches, RowRemoval removal) {
        Roaring64Bitmap found = new Roaring64Bitmap();
        long[] visible = {0};
        rows.forEachVisible(task, (row, position) -> {
            visible[0]++;
            // The projection comes first in what is read, so the wrapper reads the right places.
            if (matches.eval(view.wrap(row))) {
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
            removal.addWhole(task, visible[0]);
            return;
        }
        removal.add(task, found);
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
}
