package dev.tarn.writer.contract.check;

/** Rows whose whole number, date or time lies outside of a range. */
final class LongRangeCheck implements RowCheck {
    private final String column;
    private final long low;
    private final long high;

    LongRangeCheck(String column, long low, long high) {
        this.column = column;
        this.low = low;
        this.high = high;
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent() || (view.smallest() >= low && view.largest() <= high)) {
            return 0;
        }
        long[] values = view.longs();
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if ((values[row] < low || values[row] > high) && !view.isNull(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }
}
