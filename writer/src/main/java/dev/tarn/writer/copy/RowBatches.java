package dev.tarn.writer.copy;

import dev.tarn.writer.arrow.RowTransposer;
import org.jspecify.annotations.Nullable;

/** Rows of a text file, transposed into batches. */
final class RowBatches implements FileBatches {
    private final RowReader rows;
    private final TableBatch batch;
    private final RowErrors errors;
    private final RowTransposer transposer;
    private final @Nullable Object[] defaults;
    private boolean ended;

    RowBatches(RowReader rows, TableBatch batch, RowErrors errors) {
        this.rows = rows;
        this.batch = batch;
        this.errors = errors;
        this.transposer = new RowTransposer(batch.schema(), batch.root());
        this.defaults = batch.columns().stream().map(JsonValues::defaultOf).toArray();
    }

    @Override
    public boolean fill() {
        if (ended) {
            return false;
        }
        transposer.begin();
        // Measured from here on, as wide tables allocate much before they hold a row.
        long full = batch.allocator().getAllocatedMemory() + TableBatch.FULL_BYTES;
        while (transposer.rows() < TableBatch.MAX_ROWS
                && batch.allocator().getAllocatedMemory() <= full
                && !errors.isFull()) {
            try {
                @Nullable Object[] row = rows.next();
                if (row == null) {
                    ended = true;
                    break;
                }
                transposer.add((name, column) -> row[column] == RowReader.ABSENT ? defaults[column] : row[column]);
            } catch (BadRowException e) {
                errors.add(e);
            }
        }
        transposer.end();
        return true;
    }

    @Override
    public void close() {
        rows.close();
    }
}
