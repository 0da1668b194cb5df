package dev.tarn.writer.contract.check;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/** Some texts, looked up by their bytes without making a string. Immutable. */
final class TextSet implements TextRule {
    private final byte[][] slots;
    private final long[] heads;
    private final long[] tails;
    private final int[] lengths;
    private final int mask;

    TextSet(Collection<String> texts) {
        int capacity = Integer.highestOneBit(Math.max(4, texts.size() * 2 - 1)) << 1;
        slots = new byte[capacity][];
        heads = new long[capacity];
        tails = new long[capacity];
        lengths = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(lengths, -1);
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            byte[] padded = TextValues.padded(bytes);
            long head = TextValues.head(padded, 0, bytes.length);
            if (find(padded, 0, bytes.length, head) < 0) {
                int slot = slot(head, bytes.length);
                while (lengths[slot] >= 0) {
                    slot = slot + 1 & mask;
                }
                slots[slot] = padded;
                heads[slot] = head;
                tails[slot] = TextValues.tail(padded, 0, bytes.length);
                lengths[slot] = bytes.length;
            }
        }
    }

    boolean contains(TextValues values, int row) {
        return isKept(values.bytes(), values.start(row), values.length(row));
    }

    /** Whether a text is one of the set. */
    @Override
    public boolean isKept(byte[] bytes, int start, int length) {
        return find(bytes, start, length, TextValues.head(bytes, start, length)) >= 0;
    }

    private int find(byte[] bytes, int start, int length, long head) {
        int slot = slot(head, length);
        while (lengths[slot] >= 0) {
            if (heads[slot] == head
                    && lengths[slot] == length
                    && tails[slot] == TextValues.tail(bytes, start, length)
                    && (length <= 16 || Arrays.equals(slots[slot], 8, length, bytes, start + 8, start + length))) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    private int slot(long head, int length) {
        long mixed = (head + length) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & mask;
    }
}
