package dev.tarn.writer.contract.check;

import java.util.Arrays;

/**
 * Numbers for the texts of a column that has few distinct ones, so that each rule judges a text once and not once a row.
 * The numbers stay the same from batch to batch. Columns that turn out to have many distinct texts are numbered no longer.
 * Confined to one thread.
 */
final class TextCodes {
    /** The code of texts without a number of their own. */
    static final int OTHER = 0;

    /** The code of rows without a text. */
    static final int NULL = 1;

    private static final int FIRST = 2;

    /** Codes at most: columns of states, kinds or countries have fewer; 32 kilobytes of texts at most. */
    static final int LIMIT = 256;

    private static final int MAX_BYTES = 128;

    /** Four slots for each code, so that texts rarely meet in one. */
    private static final int SLOTS = LIMIT * 4;

    /** Rows without a number that are borne before the column counts as one of many texts. */
    private static final int MAX_OTHERS = 512;

    private final short[] slots = new short[SLOTS];
    private final long[] heads = new long[SLOTS];
    private final long[] tails = new long[SLOTS];
    private final int[] lengths = new int[SLOTS];
    private final byte[][] texts = new byte[LIMIT][];
    private final boolean[] present = new boolean[LIMIT];
    private short[] codes = {};
    private int size = FIRST;
    private boolean few = true;

    /** Numbers the rows of a batch. */
    void load(ColumnView view) {
        if (!few) {
            return;
        }
        if (codes.length < view.rows()) {
            codes = new short[view.rows()];
        }
        Arrays.fill(present, false);
        TextValues values = view.text();
        byte[] bytes = values.bytes();
        int others = 0;
        for (int row = 0; row < view.rows(); row++) {
            int code = view.isNull(row) ? NULL : code(bytes, values.start(row), values.length(row));
            codes[row] = (short) code;
            present[code] = true;
            if (code == OTHER && ++others > MAX_OTHERS && others > row / 2) {
                few = false;
                return;
            }
        }
    }

    /** Whether the batch has been numbered; if not, there are too many texts. */
    boolean areFew() {
        return few;
    }

    /** The code of a row. */
    int at(int row) {
        return codes[row];
    }

    /** One more than the largest code. */
    int size() {
        return size;
    }

    /** Whether some row of the batch has a code. */
    boolean isPresent(int code) {
        return present[code];
    }

    /** The text of a code above {@link #NULL}, with the room that {@link TextRule} asks for. */
    byte[] text(int code) {
        return texts[code];
    }

    private int code(byte[] bytes, int start, int length) {
        if (length > MAX_BYTES) {
            return OTHER;
        }
        long head = TextValues.head(bytes, start, length);
        long tail = TextValues.tail(bytes, start, length);
        long mixed = (head ^ tail * 31 ^ length) * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 40) & SLOTS - 1;
        while (slots[slot] != 0) {
            // One condition of three, as branches on texts of mixed lengths are foreseen badly.
            if (((heads[slot] ^ head) | (tails[slot] ^ tail) | (lengths[slot] ^ length)) == 0
                    && (length <= 16
                            || Arrays.equals(texts[slots[slot]], 8, length, bytes, start + 8, start + length))) {
                return slots[slot];
            }
            slot = slot + 1 & SLOTS - 1;
        }
        if (size == LIMIT) {
            return OTHER;
        }
        slots[slot] = (short) size;
        heads[slot] = head;
        tails[slot] = tail;
        lengths[slot] = length;
        texts[size] = TextValues.padded(Arrays.copyOfRange(bytes, start, start + length));
        return size++;
    }
}
