package dev.tarn.writer.contract.check;

import java.util.Arrays;

/** A mark for each row of a batch. Reused from batch to batch; not thread-safe. */
public final class RowMarks {
    private long[] words = new long[128];

    /** Takes all marks off. */
    public void clear(int rows) {
        int needed = (rows + 63) >>> 6;
        if (words.length < needed) {
            words = new long[needed];
        } else {
            Arrays.fill(words, 0, needed, 0);
        }
    }

    /** Marks a row. */
    public void set(int row) {
        words[row >>> 6] |= 1L << row;
    }

    /** Whether a row is marked. */
    public boolean isSet(int row) {
        return (words[row >>> 6] >>> row & 1) != 0;
    }
}
