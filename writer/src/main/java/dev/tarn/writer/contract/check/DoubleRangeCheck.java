package dev.tarn.writer.contract.check;

/** Rows whose floating-point number lies outside of a range, or is no number. */
final class DoubleRangeCheck implements RowCheck {
    private final String column;
    private final double low;
    private final double high;

    DoubleRangeCheck(String column, double low, double high) {
        this.column = column;
        this.low = low;
        this.high = high;
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        double[] values = view.doubles();
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            // Written so that NaN, which compares with nothing, is outside.
            if (!(values[row] >= low && values[row] <= high) && !view.isNull(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }
}
