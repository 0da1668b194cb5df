package dev.tarn.writer.contract.check;

import java.util.Arrays;

/**
 * Whole numbers. As long as they come in ascending order, as the numbers of a sequence mostly do, they are only lined up, 8 to
 * 16 bytes each; the first that does not moves all into a table with open addressing, 13 to 27 bytes each. Not thread-safe.
 */
final class LongSet {
    private static final int FIRST_CAPACITY = 1_024;

    private final long seed;
    /** In ascending order, or slots of which those with 0 are empty. */
    private long[] values = new long[FIRST_CAPACITY];

    private boolean ascending = true;
    private boolean hasZero;
    private int size;
    private long last;

    /** The seed decides the slots, so that nobody can prepare numbers that share one. */
    LongSet(long seed) {
        this.seed = seed;
    }

    /** Adds a number; false if it was there already. */
    boolean add(long value) {
        if (ascending) {
            if (value > last || size == 0) {
                append(value);
                return true;
            }
            if (value == last) {
                return false;
            }
            scatter();
        }
        return put(value);
    }

    boolean contains(long value) {
        if (ascending) {
            return Arrays.binarySearch(values, 0, size, value) >= 0;
        }
        return value == 0 ? hasZero : values[find(values, value)] != 0;
    }

    int size() {
        return size;
    }

    long bytes() {
        return values.length * 8L;
    }

    private void append(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.multiplyExact(size, 2));
        }
        values[size++] = value;
        last = value;
    }

    private boolean put(long value) {
        if (value == 0) {
            boolean isNew = !hasZero;
            hasZero = true;
            size += isNew ? 1 : 0;
            return isNew;
        }
        int slot = find(values, value);
        if (values[slot] != 0) {
            return false;
        }
        values[slot] = value;
        size++;
        if (isTight(size, values.length)) {
            values = rehashed(values, values.length, Math.multiplyExact(values.length, 2));
        }
        return true;
    }

    private void scatter() {
        int capacity = values.length;
        if (isTight(size, capacity)) {
            capacity = Math.multiplyExact(capacity, 2);
        }
        hasZero = Arrays.binarySearch(values, 0, size, 0) >= 0;
        values = rehashed(values, size, capacity);
        ascending = false;
    }

    private long[] rehashed(long[] old, int length, int capacity) {
        long[] table = new long[capacity];
        for (int i = 0; i < length; i++) {
            if (old[i] != 0) {
                table[find(table, old[i])] = old[i];
            }
        }
        return table;
    }

    /** Above a load of 0.6 searches grow long. */
    private static boolean isTight(int size, int capacity) {
        return size * 5L > capacity * 3L;
    }

    private int find(long[] table, long value) {
        int mask = table.length - 1;
        long bits = (value ^ seed) * 0x9E3779B97F4A7C15L;
        bits = (bits ^ bits >>> 32) * 0xC2B2AE3D27D4EB4FL;
        // The upper bits, so that growing goes through the larger table from front to back as well.
        int slot = (int) (bits >>> Long.numberOfLeadingZeros(mask));
        while (table[slot] != 0 && table[slot] != value) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
