package dev.tarn.writer.contract.check;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows whose text does not keep a rule. Texts with a number in {@link TextCodes} are judged once. */
final class TextCheck implements RowCheck {
    private static final byte UNKNOWN = 0;
    private static final byte KEPT = 1;
    private static final byte BROKEN = 2;

    private final String column;
    private final TextRule rule;
    private final byte[] verdicts = new byte[TextCodes.LIMIT];
    private @Nullable TextCodes judged;

    TextCheck(String column, TextRule rule) {
        this.column = column;
        this.rule = rule;
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        TextCodes codes = view.codes();
        if (!codes.areFew()) {
            return markEach(view, rows, count, marks);
        }
        if (codes != judged) {
            Arrays.fill(verdicts, UNKNOWN);
            verdicts[TextCodes.NULL] = KEPT;
            judged = codes;
        }
        return areAllKept(codes) ? 0 : markCoded(view.text(), codes, rows, count, marks);
    }

    private int markEach(ColumnView view, int[] rows, int count, RowMarks marks) {
        TextValues texts = view.text();
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (!view.isNull(row) && !isKept(texts, row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    private boolean areAllKept(TextCodes codes) {
        for (int code = 0; code < codes.size(); code++) {
            if (codes.isPresent(code) && verdicts[code] != KEPT) {
                return false;
            }
        }
        return true;
    }

    private int markCoded(TextValues texts, TextCodes codes, int[] rows, int count, RowMarks marks) {
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            int code = codes.at(row);
            if (verdicts[code] == KEPT) {
                continue;
            }
            boolean kept = code == TextCodes.OTHER ? isKept(texts, row) : isKept(codes, code);
            if (!kept) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    private boolean isKept(TextValues texts, int row) {
        return rule.isKept(texts.bytes(), texts.start(row), texts.length(row));
    }

    /** Judged only when a row asks: texts of rows that are not looked at may be too costly for a pattern. */
    private boolean isKept(TextCodes codes, int code) {
        if (verdicts[code] == UNKNOWN) {
            byte[] text = codes.text(code);
            verdicts[code] = rule.isKept(text, 0, text.length - TextValues.PADDING) ? KEPT : BROKEN;
        }
        return verdicts[code] == KEPT;
    }
}
