package dev.tarn.writer.contract.check;

import org.apache.iceberg.StructLike;

/** Keys of one column of whole numbers, dates or times, as they are. */
final class WholeKeys implements SeenKeys {
    private final String column;
    private final LongSet keys;

    WholeKeys(String column, long seed) {
        this.column = column;
        this.keys = new LongSet(seed);
    }

    @Override
    public int add(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        long[] values = view.longs();
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (!view.isNull(row) && !keys.add(values[row])) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    @Override
    public boolean contains(StructLike row) {
        Object value = row.get(0, Object.class);
        return value != null && keys.contains(((Number) value).longValue());
    }

    @Override
    public int size() {
        return keys.size();
    }

    @Override
    public long bytes() {
        return keys.bytes();
    }
}
