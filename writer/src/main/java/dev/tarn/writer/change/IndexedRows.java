package dev.tarn.writer.change;

import dev.tarn.writer.index.KeyColumns;
import dev.tarn.writer.index.KeyIndex;
import dev.tarn.writer.index.PendingKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.Roaring64Bitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the key index where the keys of a call are. An index that fails is made anew once, and then done without: it is never
 * the reason for a call to fail. Confined to one thread; whoever makes it closes it, which lets others use the index.
 */
final class IndexedRows implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexedRows.class);

    private final Table table;
    private final ChangeOptions options;
    private final KeyColumns columns;
    private final PendingKeys keys;
    private boolean opened;
    private @Nullable KeyIndex index;

    IndexedRows(Table table, ChangeOptions options, KeyColumns columns, PendingKeys keys) {
        this.table = table;
        this.options = options;
        this.columns = columns;
        this.keys = keys;
    }

    /** Positions by data file, of all rows that have one of the keys and may be visible in a snapshot; empty without an index. */
    Optional<Map<String, Roaring64Bitmap>> find(Snapshot snapshot) {
        KeyIndex usable = open();
        if (usable == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(find(usable, snapshot));
        } catch (IOException e) {
            LOG.warn("The key index of table {} failed; making it anew", table.name(), e);
        }
        try {
            usable.clear();
            return Optional.of(find(usable, snapshot));
        } catch (IOException e) {
            LOG.warn("The key index of table {} cannot be made; reading key columns instead", table.name(), e);
            close();
            return Optional.empty();
        }
    }

    /** Takes the new rows over, so that they need not be read. The commit stands whatever happens here. */
    void committed(@Nullable Snapshot snapshot, Placements placements) {
        KeyIndex usable = snapshot == null || options.rowDeletes() == RowDeletes.EQUALITY ? null : open();
        if (usable == null || snapshot == null) {
            return;
        }
        try {
            usable.committed(
                    snapshot,
                    keys,
                    consumer -> placements.forEach(keys.size(), consumer::at),
                    options.rowDeletes() == RowDeletes.POSITIONS);
        } catch (IOException | RuntimeException e) {
            LOG.warn("The key index of table {} could not take over a commit; making it anew", table.name(), e);
            clear(usable);
        }
    }

    @Override
    public void close() {
        KeyIndex open = index;
        index = null;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (RuntimeException e) {
            LOG.warn("The key index of table {} could not be closed", table.name(), e);
        }
    }

    private @Nullable KeyIndex open() {
        if (!opened && options.keyIndex().isPresent()) {
            index = KeyIndex.open(options.keyIndex().get(), table, options.branch(), columns, options.keyBudget())
                    .orElse(null);
        }
        opened = true;
        return index;
    }

    private Map<String, Roaring64Bitmap> find(KeyIndex usable, Snapshot snapshot) throws IOException {
        if (!usable.isAt(snapshot)) {
            usable.follow(snapshot, allFiles(snapshot));
        }
        Map<String, Roaring64Bitmap> found = new HashMap<>();
        usable.find(
                keys,
                (location, position) -> found.computeIfAbsent(location, absent -> new Roaring64Bitmap())
                        .addLong(position));
        return found;
    }

    private List<FileScanTask> allFiles(Snapshot snapshot) {
        List<FileScanTask> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
            tasks.forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the data files of table " + table.name(), e);
        }
        return files;
    }

    private static void clear(KeyIndex usable) {
        try {
            usable.clear();
        } catch (IOException e) {
            LOG.warn("A key index could not be removed", e);
        }
    }
}
