package dev.tarn.catalog.planning;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The lower or upper bounds of a column by row, as their single-value serialization. Bounds of four or of eight bytes
 * throughout, which are those of most numbers and times, are kept as numbers; others as bytes. Immutable, thread-safe.
 */
final class BoundColumn {
    private final @Nullable LongColumn numbers;
    private final @Nullable BytesColumn texts;
    private final int width;

    private BoundColumn(@Nullable LongColumn numbers, @Nullable BytesColumn texts, int width) {
        this.numbers = numbers;
        this.texts = texts;
        this.width = width;
    }

    /** Bytes of every bound: 4 or 8 if {@link #numbers} holds them, else 0. */
    int width() {
        return width;
    }

    /** The bounds read as little-endian numbers, or null if their width is 0. */
    @Nullable
    LongColumn numbers() {
        return numbers;
    }

    /** The bounds as bytes, or null if their width is not 0. */
    @Nullable
    BytesColumn texts() {
        return texts;
    }

    boolean has(int row) {
        return numbers != null ? numbers.has(row) : texts != null && texts.has(row);
    }

    /** The serialized bound of a row that has one, in an own buffer. */
    ByteBuffer value(int row) {
        if (numbers != null) {
            ByteBuffer value = ByteBuffer.allocate(width).order(ByteOrder.LITTLE_ENDIAN);
            if (width == 4) {
                value.putInt(0, (int) numbers.get(row));
            } else {
                value.putLong(0, numbers.get(row));
            }
            return value;
        }
        if (texts == null) {
            throw new IllegalStateException("A column of bounds is numbers or bytes");
        }
        return texts.view(row);
    }

    long bytes() {
        return 32 + (numbers == null ? 0 : numbers.bytes()) + (texts == null ? 0 : texts.bytes());
    }

    /** Takes bounds row by row, in rising order of rows. Not thread-safe. */
    static final class Builder {
        private final BytesColumn.Builder bytes;
        private int width = -1;
        private int rows;

        Builder(Allocation allocation) {
            this.bytes = new BytesColumn.Builder(allocation);
        }

        void set(int row, byte[] from, int offset, int length) {
            width = width == -1 || width == length ? length : 0;
            bytes.set(row, from, offset, length);
            rows = row + 1;
        }

        @Nullable
        BoundColumn build() {
            if (bytes.isEmpty()) {
                return null;
            }
            BytesColumn column = bytes.build();
            if (width != 4 && width != 8) {
                return new BoundColumn(null, column, 0);
            }
            // The numbers take no more than the bytes, which are counted and go away.
            LongColumn.Builder numbers = new LongColumn.Builder(new Allocation(Long.MAX_VALUE));
            ByteBuffer data = ByteBuffer.wrap(column.data()).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < rows; row++) {
                if (column.has(row)) {
                    int at = column.from(row);
                    numbers.set(row, width == 4 ? data.getInt(at) : data.getLong(at));
                }
            }
            return new BoundColumn(numbers.build(), null, width);
        }
    }
}
