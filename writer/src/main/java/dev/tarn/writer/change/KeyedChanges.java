package dev.tarn.writer.change;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.change.Placements.Change;
import dev.tarn.writer.files.DeleteFilesWriter;
import dev.tarn.writer.files.PartitionedFileWriter;
import dev.tarn.writer.index.ArrowKeys;
import dev.tarn.writer.index.KeyColumns;
import dev.tarn.writer.index.KeyHash;
import dev.tarn.writer.index.KeyRange;
import dev.tarn.writer.index.PendingKeys;
import java.util.BitSet;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Collects rows and deletes by key for one commit. New rows are written once, as they come; where a key comes again, the row
 * that lost is taken out like an old one. What is remembered is about 50 bytes for each key, within half of the memory
 * budget. Not thread-safe. Whoever makes it closes it; closing without {@link #complete} deletes what was written.
 */
public final class KeyedChanges implements AutoCloseable {
    private static final BitSet NONE = new BitSet();

    /** The first blocks of all lists are allocated whole. */
    private static final long MIN_KEY_BYTES = 1 << 20;

    private final Table table;
    private final ChangeOptions options;
    private final KeyColumns columns;
    private final KeyHash hash;
    private final PendingKeys keys = new PendingKeys();
    private final Placements placements = new Placements();
    private final KeyRange range;
    private final PartitionedFileWriter writer;
    private final @Nullable SequenceOrder sequence;
    private final @Nullable EqualityDeletes byKey;
    private long rows;
    private boolean completed;

    /**
     * For the schema and spec that the table has now.
     *
     * @throws TarnException INVALID for bad key columns, UNSUPPORTED if the table cannot delete in the chosen way
     */
    public KeyedChanges(Table table, List<String> keyColumns, ChangeOptions options) {
        if (options.rowDeletes() != RowDeletes.COPY_ON_WRITE) {
            DeleteFilesWriter.requireRowDeletes(table);
        }
        this.table = table;
        this.options = options;
        this.columns = KeyColumns.of(table, keyColumns);
        this.hash = new KeyHash(columns);
        this.range = new KeyRange(columns);
        this.sequence = options.sequenceColumn()
                .map(name -> new SequenceOrder(table, name))
                .orElse(null);
        this.byKey = options.rowDeletes() == RowDeletes.EQUALITY ? new EqualityDeletes(table, columns) : null;
        this.writer = new PartitionedFileWriter(table, options.fileLimits());
    }

    /**
     * Adds rows, each of which replaces those with its key. The batch stays the caller's.
     *
     * @param selected row numbers, of which the first {@code count} are taken
     * @throws TarnException INVALID naming the column, if a key is null or a vector does not fit; REFUSED if there are more
     *     keys than the memory budget allows
     */
    public void upsert(VectorSchemaRoot batch, int[] selected, int count) {
        change(batch, batch, selected, count, NONE);
    }

    /**
     * Adds rows and deletes, in their order. The batches stay the caller's.
     *
     * @param written holds the rows to be written
     * @param given the same rows as they came, with the keys of deletes and the sequence column
     * @param selected row numbers in both, of which the first {@code count} are taken
     * @param deletes rows that only say that their key is gone
     * @throws TarnException as {@link #upsert}
     */
    public void change(VectorSchemaRoot written, VectorSchemaRoot given, int[] selected, int count, BitSet deletes) {
        ArrowKeys keysOfRows = new ArrowKeys(columns, written, hash);
        ArrowKeys keysOfDeletes = written == given ? keysOfRows : new ArrowKeys(columns, given, hash);
        SequenceOrder.OfBatch order = sequence == null ? null : sequence.of(given);
        int[] keyOf = new int[given.getRowCount()];
        RowNumbers newKeys = new RowNumbers(count);
        RowNumbers newKeysOfDeletes = new RowNumbers(count);
        for (int i = 0; i < count; i++) {
            int row = selected[i];
            boolean delete = deletes.get(row);
            (delete ? keysOfDeletes : keysOfRows).read(row);
            int known = keys.size();
            int key = keys.findOrAdd(hash.high(), hash.low());
            keyOf[row] = key;
            if (key == known) {
                (delete ? newKeysOfDeletes : newKeys).add(row);
            } else if (order != null && order.isOlder(row, key)) {
                continue;
            }
            placements.win(key, rows + row, delete ? Change.REMOVE : Change.WRITE);
            if (order != null) {
                order.keep(row, key);
            }
        }
        refuseTooManyKeys();
        remember(written, newKeys);
        remember(given, newKeysOfDeletes);
        write(written, selected, count, deletes, keyOf);
        rows += given.getRowCount();
    }

    /**
     * Finishes the files. What is returned owns them.
     *
     * @return to be committed, or aborted
     */
    public PreparedChanges complete() {
        List<DataFile> files = writer.complete();
        List<DeleteFile> deletes;
        try {
            deletes = byKey == null ? List.of() : byKey.complete();
        } catch (RuntimeException e) {
            writer.abort();
            throw e;
        }
        completed = true;
        return new PreparedChanges(table, options, columns, keys, placements, range.filter(), files, deletes);
    }

    @Override
    public void close() {
        if (completed) {
            return;
        }
        try (writer) {
            if (byKey != null) {
                byKey.abort();
            }
        }
    }

    private static final class RowNumbers {
        private final int[] numbers;
        private int count;

        RowNumbers(int most) {
            numbers = new int[most];
        }

        void add(int row) {
            numbers[count++] = row;
        }
    }

    private void remember(VectorSchemaRoot batch, RowNumbers newKeys) {
        if (newKeys.count == 0) {
            return;
        }
        range.add(batch, newKeys.numbers, newKeys.count);
        if (byKey != null) {
            byKey.write(batch, newKeys.numbers, newKeys.count);
        }
    }

    private void write(VectorSchemaRoot batch, int[] selected, int count, BitSet deletes, int[] keyOf) {
        int[] newest = new int[count];
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int row = selected[i];
            if (!deletes.get(row) && placements.isNewest(keyOf[row], rows + row)) {
                newest[kept++] = row;
            }
        }
        writer.write(batch, newest, kept, placements.of(keyOf, rows));
    }

    private void refuseTooManyKeys() {
        long used = keys.bytes() + placements.bytes() + (sequence == null ? 0 : sequence.bytes());
        // A few keys always fit, so that a small budget for files does not stop small changes.
        if (used > Math.max(MIN_KEY_BYTES, options.keyBudget().bytes())) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "The %d keys of one change of table %s take more memory than %s, half of its budget; split it or raise the budget"
                            .formatted(keys.size(), table.name(), options.keyBudget()));
        }
    }
}
