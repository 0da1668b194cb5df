package dev.tarn.writer.contract.check;

/** Rows whose text has too few or too many characters. */
final class LengthCheck implements RowCheck {
    /** A code point has at most four bytes in UTF-8. */
    private static final int MAX_BYTES_PER_POINT = 4;

    private final String column;
    private final int min;
    private final int max;

    LengthCheck(String column, int min, int max) {
        this.column = column;
        this.min = min;
        this.max = max;
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        TextValues texts = view.text();
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (!isGood(texts, row) && !view.isNull(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    private boolean isGood(TextValues texts, int row) {
        int bytes = texts.length(row);
        if (bytes <= max && bytes >= (long) min * MAX_BYTES_PER_POINT) {
            return true;
        }
        int points = texts.codePoints(row);
        return points >= min && points <= max;
    }
}
