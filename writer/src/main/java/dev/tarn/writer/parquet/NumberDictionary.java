package dev.tarn.writer.parquet;

import java.util.Arrays;

/** Distinct ints or longs, or bits of floats and doubles, in an open-addressing hash table. */
final class NumberDictionary implements Dictionary {
    /** Spreads neighbouring numbers over the table: 2^64 divided by the golden ratio. */
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private static final int FIRST_TABLE_BITS = 9;

    private final int width;
    private long[] values = new long[1 << (FIRST_TABLE_BITS - 1)];

    /** Index plus one, or 0. */
    private int[] table = new int[1 << FIRST_TABLE_BITS];

    private int shift = Long.SIZE - FIRST_TABLE_BITS;
    private int size;

    NumberDictionary(int width) {
        this.width = width;
    }

    @Override
    public void index(PageBuffer page, int from, int to, int[] indexes) {
        if (width == Integer.BYTES) {
            int[] given = page.ints;
            for (int i = from; i < to; i++) {
                indexes[i] = i > from && given[i] == given[i - 1] ? indexes[i - 1] : index(given[i]);
            }
            return;
        }
        long[] given = page.longs;
        for (int i = from; i < to; i++) {
            indexes[i] = i > from && given[i] == given[i - 1] ? indexes[i - 1] : index(given[i]);
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void truncate(int newSize) {
        size = newSize;
        table = new int[0];
    }

    @Override
    public long plainBytes() {
        return (long) size * width;
    }

    @Override
    public long allocatedBytes() {
        return 8L * values.length + 4L * table.length;
    }

    @Override
    public void encode(ByteSink out) {
        if (width == Long.BYTES) {
            out.putLongs(values, size);
            return;
        }
        for (int i = 0; i < size; i++) {
            out.putInt((int) values[i]);
        }
    }

    private int index(long value) {
        int mask = table.length - 1;
        int slot = (int) ((value * GOLDEN) >>> shift);
        while (true) {
            int found = table[slot];
            if (found == 0) {
                return add(value, slot);
            }
            if (values[found - 1] == value) {
                return found - 1;
            }
            slot = slot + 1 & mask;
        }
    }

    private int add(long value, int slot) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
        table[slot] = size;
        if (size * 2 > table.length) {
            rehash();
        }
        return size - 1;
    }

    private void rehash() {
        shift--;
        table = new int[table.length * 2];
        int mask = table.length - 1;
        for (int i = 0; i < size; i++) {
            int slot = (int) ((values[i] * GOLDEN) >>> shift);
            while (table[slot] != 0) {
                slot = slot + 1 & mask;
            }
            table[slot] = i + 1;
        }
    }
}
