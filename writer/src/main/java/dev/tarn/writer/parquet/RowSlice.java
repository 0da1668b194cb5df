package dev.tarn.writer.parquet;

/** Rows of a batch that are written together: a range where they are consecutive, else chosen numbers. Immutable. */
final class RowSlice {
    private static final int[] NONE = {};

    private final int[] rows;
    private final int from;
    private final int count;
    private final boolean range;

    private RowSlice(int[] rows, int from, int count, boolean range) {
        this.rows = rows;
        this.from = from;
        this.count = count;
        this.range = range;
    }

    static RowSlice range(int first, int count) {
        return new RowSlice(NONE, first, count, true);
    }

    /** The rows {@code selected[from]} up to {@code selected[from + count - 1]}; the array is not copied. */
    static RowSlice of(int[] selected, int from, int count) {
        int first = count == 0 ? 0 : selected[from];
        for (int i = 1; i < count; i++) {
            if (selected[from + i] != first + i) {
                return new RowSlice(selected, from, count, false);
            }
        }
        return range(first, count);
    }

    int count() {
        return count;
    }

    /** Whether rows are consecutive, beginning at {@link #row row(0)}. */
    boolean isRange() {
        return range;
    }

    int row(int index) {
        return range ? from + index : rows[from + index];
    }
}
