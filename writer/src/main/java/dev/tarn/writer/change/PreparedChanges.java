package dev.tarn.writer.change;

import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.index.KeyColumns;
import dev.tarn.writer.index.PendingKeys;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Keyed changes whose files are written, to be committed: with {@link #commit}, or by somebody else, who takes {@link #update}
 * for each attempt and at the end calls {@link #committed}, {@link #abort} or, after an unknown outcome, {@link #leave}. Owns its files. Not thread-safe.
 */
public final class PreparedChanges {
    private final Table table;
    private final ChangeOptions options;
    private final Placements placements;
    private final Expression touched;
    private final List<DataFile> dataFiles;
    private final List<DeleteFile> byKey;
    private final CopyOnWrite copies;
    private final IndexedRows index;
    private final OldRows oldRows;
    private final TableIdentity identity;
    private final Set<String> attemptFiles = new HashSet<>();
    private long rowsDeleted;

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
        this.index = new IndexedRows(table, options, columns, keys);
        this.oldRows = new OldRows(table, columns, keys, touched, index);
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
     * Plans and commits, again when others interfere; then cleans up, whatever the ending.
     *
     * @throws dev.tarn.common.TarnException CONFLICT, also if the table was replaced or a key column changed; NOT_FOUND if it
     *     was dropped; UNKNOWN_OUTCOME, after which all files are kept
     */
    public ChangeResult commit(CommitRequest request) {
        PlannedCommit.Ending ending = new PlannedCommit.Ending() {
            @Override
            public void committed(PlannedChange plan, CommitResult result) {
                index.committed(table.snapshot(result.snapshotId()), placements);
                deleteAllBut(plan.dataFiles());
            }

            @Override
            public void abort() {
                PreparedChanges.this.abort();
            }
        };
        try (index) {
            return PlannedCommit.run(
                    table,
                    request,
                    () -> {
                        identity.refresh(table);
                        return plan(table.snapshot(options.branch()));
                    },
                    ending,
                    rowsAdded(),
                    dataFiles.size());
        }
    }

    /**
     * Resolves the changes against the snapshot that a table or transaction is at, and makes the update on it. For each
     * attempt anew; what earlier ones found out about data files that are still there is not looked up again.
     *
     * @param target of the same table
     * @throws dev.tarn.common.TarnException as {@link #commit}
     */
    public SnapshotUpdate<?> update(Table target) {
        Snapshot start = target.snapshot(options.branch());
        if (start == null || table.snapshot(start.snapshotId()) == null) {
            identity.refresh(table);
        }
        identity.check(target);
        PlannedChange plan = plan(start);
        attemptFiles.addAll(plan.attemptFiles());
        rowsDeleted = plan.rowsDeleted();
        return plan.update().apply(target);
    }

    /** Rows that the newest attempt removes, as far as it looked for them. */
    public long rowsDeleted() {
        return rowsDeleted;
    }

    /** Deletes the files that a committed snapshot does without; none, if the snapshot is gone already. */
    public void committed(long snapshotId) {
        identity.refresh(table);
        Snapshot snapshot = table.snapshot(snapshotId);
        try (index) {
            index.committed(snapshot, placements);
        }
        if (snapshot == null) {
            return;
        }
        SnapshotChanges changes =
                SnapshotChanges.builderFor(table).snapshot(snapshot).build();
        Set<String> used = new HashSet<>();
        changes.addedDataFiles().forEach(file -> used.add(file.location()));
        changes.addedDeleteFiles().forEach(file -> used.add(file.location()));
        deleteAllBut(used);
        attemptFiles.removeIf(used::contains);
        FileCleanup.delete(table.io(), attemptFiles);
    }

    /** Deletes all files, as nothing was or will be committed. */
    public void abort() {
        index.close();
        deleteAllBut(Set.of());
        FileCleanup.delete(table.io(), byKey.stream().map(DeleteFile::location).toList());
        FileCleanup.delete(table.io(), attemptFiles);
    }

    /** Lets go of everything and keeps all files, as nobody knows whether they are in the table. */
    public void leave() {
        index.close();
    }

    private PlannedChange plan(@Nullable Snapshot start) {
        RowRemoval removal = new RowRemoval(table, options.rowDeletes(), copies);
        if (start != null && options.rowDeletes() != RowDeletes.EQUALITY) {
            oldRows.find(start, removal);
        }
        return removal.plan(start, dataFiles, placements.lost(), byKey, touched, RowRemoval.NewRows.CONFLICT);
    }

    private void deleteAllBut(Set<String> committed) {
        copies.keepOnly(committed);
        FileCleanup.delete(
                table.io(),
                dataFiles.stream()
                        .map(DataFile::location)
                        .filter(location -> !committed.contains(location))
                        .toList());
    }
}
