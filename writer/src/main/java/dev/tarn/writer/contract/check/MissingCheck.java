package dev.tarn.writer.contract.check;

/** Rows without a value, or with one that stands for nothing. */
final class MissingCheck implements RowCheck {
    private final String column;
    private final NullCheck nulls;
    private final Membership standsForNothing;

    MissingCheck(String column, Membership standsForNothing) {
        this.column = column;
        this.nulls = new NullCheck(column);
        this.standsForNothing = standsForNothing;
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        int bad = nulls.mark(batch, rows, count, marks);
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return bad;
        }
        Membership.RowTest test = standsForNothing.on(view);
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (!view.isNull(row) && test.has(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }
}
