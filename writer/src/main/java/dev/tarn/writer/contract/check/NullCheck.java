package dev.tarn.writer.contract.check;

/** Rows without a value. */
final class NullCheck implements RowCheck {
    private final String column;

    NullCheck(String column) {
        this.column = column;
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return markAll(view, rows, count, marks);
        }
        if (!view.hasNulls()) {
            return 0;
        }
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (view.isNull(row) && !view.isParentNull(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    private static int markAll(ColumnView view, int[] rows, int count, RowMarks marks) {
        if (view.field().writeDefault() != null) {
            return 0;
        }
        for (int i = 0; i < count; i++) {
            marks.set(rows[i]);
        }
        return count;
    }
}
