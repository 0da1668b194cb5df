package dev.tarn.writer.contract.check;

/** Rows whose value is none of the listed ones. */
final class EnumCheck implements RowCheck {
    private final String column;
    private final Membership listed;

    EnumCheck(String column, Membership listed) {
        this.column = column;
        this.listed = listed;
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        Membership.RowTest test = listed.on(view);
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (!view.isNull(row) && !test.has(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }
}
