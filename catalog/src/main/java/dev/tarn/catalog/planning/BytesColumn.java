package dev.tarn.catalog.planning;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes by row in one array. A row may have no value. Immutable, thread-safe. */
final class BytesColumn {
    private final byte[] data;
    private final int[] ends;
    private final long @Nullable [] present;

    private BytesColumn(byte[] data, int[] ends, long @Nullable [] present) {
        this.data = data;
        this.ends = ends;
        this.present = present;
    }

    boolean has(int row) {
        long[] bits = present;
        return row < ends.length && (bits == null || (bits[row >> 6] >>> (row & 63) & 1) != 0);
    }

    int from(int row) {
        return row == 0 ? 0 : ends[row - 1];
    }

    int to(int row) {
        return ends[row];
    }

    /** The array that holds all values; never to be changed. */
    byte[] data() {
        return data;
    }

    /** A view of the value of a row that has one. */
    ByteBuffer view(int row) {
        return ByteBuffer.wrap(data, from(row), to(row) - from(row)).slice().asReadOnlyBuffer();
    }

    long bytes() {
        long[] bits = present;
        return 64L + data.length + ends.length * 4L + (bits == null ? 0 : bits.length * 8L);
    }

    /** Takes values row by row, in rising order of rows. Not thread-safe. */
    static final class Builder {
        private final Allocation allocation;
        private byte[] data = {};
        private int size;
        private int[] ends = {};
        private long[] present = {};
        private int rows;
        private int written;

        Builder(Allocation allocation) {
            this.allocation = allocation;
        }

        void set(int row, byte[] from, int offset, int length) {
            if (row >= ends.length) {
                int capacity = Math.max(16, Math.max(row + 1, ends.length * 2));
                allocation.add((capacity - ends.length) * 4L);
                ends = Arrays.copyOf(ends, capacity);
                present = Arrays.copyOf(present, (capacity + 63) >> 6);
            }
            if (row < rows) {
                size = row == 0 ? 0 : ends[row - 1]; // The last row is set again: its earlier bytes go.
            } else {
                Arrays.fill(ends, rows, row, size);
                written++;
            }
            if (length > data.length - size) {
                int capacity = (int) Math.min(Integer.MAX_VALUE - 16, Math.max(size + (long) length, data.length * 2L));
                allocation.add(capacity - data.length);
                data = Arrays.copyOf(data, capacity);
            }
            System.arraycopy(from, offset, data, size, length);
            size += length;
            ends[row] = size;
            present[row >> 6] |= 1L << (row & 63);
            rows = row + 1;
        }

        boolean isEmpty() {
            return written == 0;
        }

        BytesColumn build() {
            boolean complete = written == rows;
            return new BytesColumn(
                    Arrays.copyOf(data, size),
                    Arrays.copyOf(ends, rows),
                    complete ? null : Arrays.copyOf(present, (rows + 63) >> 6));
        }
    }
}
