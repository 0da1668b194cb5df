package dev.tarn.writer.contract.check;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Patterns;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts that a pattern is found in. Remembers the verdicts of recent values, as columns with patterns often repeat
 * theirs. Confined to one thread.
 */
final class PatternRule implements TextRule {
    /** Values remembered: a few hundred kilobytes at most, see {@link #MAX_REMEMBERED_BYTES}. */
    private static final int SLOTS = 1_024;

    private static final int MAX_REMEMBERED_BYTES = 128;

    private final String column;
    private final Matcher matcher;
    private final byte[][] values = new byte[SLOTS][];
    private final long[] heads = new long[SLOTS];
    private final long[] tails = new long[SLOTS];
    private final boolean[] verdicts = new boolean[SLOTS];

    PatternRule(String column, String pattern) {
        this.column = column;
        this.matcher = Pattern.compile(pattern).matcher("");
    }

    @Override
    public boolean isKept(byte[] bytes, int start, int length) {
        if (length > MAX_REMEMBERED_BYTES) {
            return match(new String(bytes, start, length, StandardCharsets.UTF_8));
        }
        long head = TextValues.head(bytes, start, length);
        long tail = TextValues.tail(bytes, start, length);
        int slot = slot(head, tail, length);
        byte[] remembered = values[slot];
        if (remembered != null
                && heads[slot] == head
                && tails[slot] == tail
                && remembered.length == length
                && (length <= 16 || Arrays.equals(remembered, 8, length, bytes, start + 8, start + length))) {
            return verdicts[slot];
        }
        boolean found = match(new String(bytes, start, length, StandardCharsets.UTF_8));
        heads[slot] = head;
        tails[slot] = tail;
        values[slot] = Arrays.copyOfRange(bytes, start, start + length);
        verdicts[slot] = found;
        return found;
    }

    private boolean match(String text) {
        try {
            return Patterns.finds(matcher, text);
        } catch (Patterns.TooCostly e) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "The pattern for column '%s' is too costly: %s; write it without repetitions of repetitions"
                            .formatted(column, e.getMessage()),
                    e);
        }
    }

    /** First and last bytes tell most values apart; others share a slot and are matched again. */
    private static int slot(long head, long tail, int length) {
        long mixed = (head ^ tail * 31 ^ length) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & SLOTS - 1;
    }
}
