package dev.tarn.catalog.planning;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers by row, as distances from the smallest one in the fewest bytes that hold them; a column of one value
 * takes none. A row may have no value. Immutable, thread-safe.
 */
final class LongColumn {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] NOTHING = {};

    private final long base;
    private final long max;
    private final int width;
    private final byte[] data;
    private final long @Nullable [] present;
    private final int rows;

    private LongColumn(long base, long max, int width, byte[] data, long @Nullable [] present, int rows) {
        this.base = base;
        this.max = max;
        this.width = width;
        this.data = data;
        this.present = present;
        this.rows = rows;
    }

    /** Whether a row has a value. Rows behind the last written one have none. */
    boolean has(int row) {
        long[] bits = present;
        return bits == null ? row < rows : (row >> 6) < bits.length && (bits[row >> 6] >>> (row & 63) & 1) != 0;
    }

    /** Whether every row of so many has a value. */
    boolean isComplete(int ofRows) {
        return present == null && rows >= ofRows;
    }

    /** The smallest value, if there is any. */
    long min() {
        return base;
    }

    /** The greatest value, if there is any. */
    long max() {
        return max;
    }

    /** The value of a row that has one. */
    long get(int row) {
        return switch (width) {
            case 0 -> base;
            case 1 -> base + (data[row] & 0xffL);
            case 2 -> base + ((short) SHORT.get(data, row << 1) & 0xffffL);
            case 4 -> base + ((int) INT.get(data, row << 2) & 0xffff_ffffL);
            default -> base + (long) LONG.get(data, row << 3);
        };
    }

    /** The value of a row, or another where it has none. */
    long get(int row, long otherwise) {
        return has(row) ? get(row) : otherwise;
    }

    /** Memory, about. */
    long bytes() {
        long[] bits = present;
        return 64L + data.length + (bits == null ? 0 : bits.length * 8L);
    }

    /** Takes values row by row, in rising order of rows. Not thread-safe. */
    static final class Builder {
        private final Allocation allocation;
        private long[] values = {};
        private long[] present = {};
        private int rows;
        private int written;

        Builder(Allocation allocation) {
            this.allocation = allocation;
        }

        /** Sets the value of a row; setting the last row again replaces its value. */
        void set(int row, long value) {
            if (row >= values.length) {
                int capacity = Math.max(16, Math.max(row + 1, values.length * 2));
                allocation.add((capacity - values.length) * 8L);
                values = Arrays.copyOf(values, capacity);
                present = Arrays.copyOf(present, (capacity + 63) >> 6);
            }
            if ((present[row >> 6] >>> (row & 63) & 1) == 0) {
                present[row >> 6] |= 1L << (row & 63);
                written++;
            }
            values[row] = value;
            rows = Math.max(rows, row + 1);
        }

        boolean isEmpty() {
            return written == 0;
        }

        LongColumn build() {
            boolean complete = written == rows;
            long min = Long.MAX_VALUE;
            long max = Long.MIN_VALUE;
            for (int row = 0; row < rows; row++) {
                if (complete || (present[row >> 6] >>> (row & 63) & 1) != 0) {
                    min = Math.min(min, values[row]);
                    max = Math.max(max, values[row]);
                }
            }
            int width = written == 0 ? 0 : width(max - min);
            byte[] data = width == 0 ? NOTHING : new byte[rows * width];
            for (int row = 0; width > 0 && row < rows; row++) {
                if (complete || (present[row >> 6] >>> (row & 63) & 1) != 0) {
                    put(data, width, row, values[row] - min);
                }
            }
            long[] bits = complete ? null : Arrays.copyOf(present, (rows + 63) >> 6);
            return new LongColumn(written == 0 ? 0 : min, written == 0 ? 0 : max, width, data, bits, rows);
        }

        private static int width(long range) {
            if (range == 0) {
                return 0;
            }
            if (range > 0 && range <= 0xff) {
                return 1;
            }
            if (range > 0 && range <= 0xffff) {
                return 2;
            }
            return range > 0 && range <= 0xffff_ffffL ? 4 : 8; // A range below zero overflowed: it is larger than any.
        }

        private static void put(byte[] data, int width, int row, long distance) {
            switch (width) {
                case 1 -> data[row] = (byte) distance;
                case 2 -> SHORT.set(data, row << 1, (short) distance);
                case 4 -> INT.set(data, row << 2, (int) distance);
                default -> LONG.set(data, row << 3, distance);
            }
        }
    }
}
