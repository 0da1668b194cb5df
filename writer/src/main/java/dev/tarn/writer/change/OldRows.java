package dev.tarn.writer.change;

import dev.tarn.writer.index.FileKeys;
import dev.tarn.writer.index.FileRows;
import dev.tarn.writer.index.KeyColumns;
import dev.tarn.writer.index.PendingKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Finds the rows of a snapshot that have the keys of a call. Where a data file has such rows is found out once, as data
 * files never change; only deletes are looked at again for each snapshot. Confined to one thread.
 */
final class OldRows {
    private static final Roaring64Bitmap NONE = new Roaring64Bitmap();

    private final Table table;
    private final KeyColumns columns;
    private final PendingKeys keys;
    private final Expression filter;
    private final IndexedRows index;
    private final BaseDeleteLoader deletes;
    private final Map<String, Roaring64Bitmap> found = new HashMap<>();

    OldRows(Table table, KeyColumns columns, PendingKeys keys, Expression filter, IndexedRows index) {
        this.index = index;
        this.table = table;
        this.columns = columns;
        this.keys = keys;
        this.filter = filter;
        this.deletes = new BaseDeleteLoader(file -> table.io().newInputFile(file));
    }

    void find(Snapshot start, RowRemoval removal) {
        Optional<Map<String, Roaring64Bitmap>> indexed = index.find(start);
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().useSnapshot(start.snapshotId()).filter(filter).planFiles()) {
            for (FileScanTask task : tasks) {
                Roaring64Bitmap positions = indexed.isPresent()
                        ? indexed.get().getOrDefault(task.file().location(), NONE)
                        : positions(task);
                Roaring64Bitmap visible = visible(task, positions);
                if (!visible.isEmpty()) {
                    removal.add(task, visible);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot plan a change of table " + table.name(), e);
        }
    }

    private Roaring64Bitmap positions(FileScanTask task) {
        return found.computeIfAbsent(task.file().location(), location -> {
            Roaring64Bitmap positions = new Roaring64Bitmap();
            new FileKeys(table, columns, filter).forEach(task, (high, low, position) -> {
                if (keys.contains(high, low)) {
                    positions.addLong(position);
                }
            });
            return positions;
        });
    }

    private Roaring64Bitmap visible(FileScanTask task, Roaring64Bitmap positions) {
        if (positions.isEmpty() || task.deletes().isEmpty()) {
            return positions;
        }
        Roaring64Bitmap visible = new Roaring64Bitmap();
        if (FileRows.hasEqualityDeletes(task)) {
            // Only the rows themselves tell whether a delete by value hides them.
            new FileRows(table, columns.schema(), filter).forEachVisible(task, (row, position) -> {
                if (positions.contains(position)) {
                    visible.addLong(position);
                }
            });
            return visible;
        }
        visible.or(positions);
        List<DeleteFile> byPosition = FileRows.positionDeletes(task);
        PositionDeleteIndex hidden =
                deletes.loadPositionDeletes(byPosition, task.file().location());
        positions.forEach((long position) -> {
            if (hidden.isDeleted(position)) {
                visible.removeLong(position);
            }
        });
        return visible;
    }
}
