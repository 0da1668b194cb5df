package dev.tarn.writer.change;

import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.index.KeyColumns;
import dev.tarn.writer.index.PendingKeys;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;

/**
 * Keyed changes whose files are written, to be committed: at once with {@link #commit}, or by the caller with {@link #plan}
 * for each attempt and then one of {@link #committed} and {@link #abort}; after an unknown outcome, neither. Owns its
 * files. Not thread-safe.
 */
public final class PreparedChanges {
    private final Table table;
    private final ChangeOptions options;
    private final Placements placements;
    private final Expression touched;
    private final List<DataFile> dataFiles;
    private final List<DeleteFile> byKey;
    private final CopyOnWrite copies;
    private final OldRows oldRows;
    private final TableIdentity identity;

    PreparedChanges(
            Table table,
            ChangeOptions options,
            KeyColumns columns,
            PendingKeys keys,
            Placements placements,
            Expression touched,
            List<DataFile> dataFiles,
            List<DeleteFile> byKey) {
        this.table = table;
        this.options = options;
        this.placements = placements;
        this.touched = touched;
        this.dataFiles = List.copyOf(dataFiles);
        this.byKey = List.copyOf(byKey);
        this.copies = new CopyOnWrite(table);
        this.oldRows = new OldRows(table, columns, keys, touched);
        this.identity = TableIdentity.of(table, columns);
    }

    /** The data files with the new rows, rows that lost against later ones included. */
    public List<DataFile> dataFiles() {
        return dataFiles;
    }

    /** Rows of the data files that will be visible. */
    public long rowsAdded() {
        return placements.visible();
    }

    /** Whether there is nothing to commit. */
    public boolean isEmpty() {
        return touched.op() == Expression.Operation.FALSE;
    }

    /**
     * Resolves the changes against the newest snapshot, after a refresh of the table. What an earlier attempt found out
     * about files that are still there is not looked up again.
     *
     * @throws dev.tarn.common.TarnException CONFLICT if the table was replaced or its key columns changed, NOT_FOUND if
     *     it was dropped
     */
    public PlannedChange plan() {
        identity.refresh(table);
        Snapshot start = table.snapshot(options.branch());
        RowRemoval removal = new RowRemoval(table, options.rowDeletes(), copies);
        if (start != null && options.rowDeletes() != RowDeletes.EQUALITY) {
            oldRows.find(start, removal);
        }
        return removal.plan(start, dataFiles, placements.lost(), byKey, touched, RowRemoval.NewRows.CONFLICT);
    }

    /**
     * Plans and commits, again when others interfere; then cleans up, whatever the ending.
     *
     * @throws dev.tarn.common.TarnException CONFLICT, UNKNOWN_OUTCOME (all files are kept), and as {@link #plan}
     */
    public ChangeResult commit(CommitRequest request) {
        return PlannedCommit.run(table, request, this::plan, new PlannedCommit.Ending() {
            @Override
            public void committed(PlannedChange plan) {
                PreparedChanges.this.committed(plan);
            }

            @Override
            public void abort() {
                PreparedChanges.this.abort();
            }
        }, rowsAdded(), dataFiles.size());
    }

    /** Deletes the files that the committed plan does without. */
    public void committed(PlannedChange plan) {
        copies.keepOnly(plan.dataFiles());
        FileCleanup.delete(
                table.io(),
                dataFiles.stream()
                        .map(DataFile::location)
                        .filter(location -> !plan.dataFiles().contains(location))
                        .toList());
    }

    /** Deletes all files, as nothing was or will be committed. */
    public void abort() {
        copies.keepOnly(java.util.Set.of());
        List<String> written = new ArrayList<>();
        dataFiles.forEach(file -> written.add(file.location()));
        byKey.forEach(file -> written.add(file.location()));
        FileCleanup.delete(table.io(), written);
    }
}
