package dev.tarn.writer.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;

/** Values that lie in the vector as the page wants them. */
abstract class FixedWidthSource implements ValueSource {
    private final int width;

    private FixedWidthSource(int width) {
        this.width = width;
    }

    @Override
    public long rangeBytes(int first, int count) {
        return (long) count * width;
    }

    @Override
    public long bytesAt(int[] positions, int count) {
        return (long) count * width;
    }

    /** The bytes of a buffer that values lie in. A vector with more than 2 GiB of fixed-width values cannot be made in Java. */
    static ByteBuffer view(ArrowBuf buffer, long length) {
        return buffer.nioBuffer(0, Math.toIntExact(Math.min(buffer.capacity(), length)))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Four bytes each: integers, days and floats. */
    static final class Ints extends FixedWidthSource {
        private final IntBuffer values;

        Ints(FieldVector vector) {
            super(4);
            values = view(vector.getDataBuffer(), vector.getValueCount() * 4L).asIntBuffer();
        }

        @Override
        public void addRange(int first, int count, PageBuffer page) {
            values.get(first, page.reserveInts(count), page.count(), count);
            page.added(count);
        }

        @Override
        public void addAt(int[] positions, int count, PageBuffer page) {
            int[] out = page.reserveInts(count);
            int at = page.count();
            IntBuffer from = values;
            for (int i = 0; i < count; i++) {
                out[at + i] = from.get(positions[i]);
            }
            page.added(count);
        }
    }

    /** Eight bytes each: longs, times, timestamps and doubles. */
    static final class Longs extends FixedWidthSource {
        private final LongBuffer values;

        Longs(FieldVector vector) {
            super(8);
            values = view(vector.getDataBuffer(), vector.getValueCount() * 8L).asLongBuffer();
        }

        @Override
        public void addRange(int first, int count, PageBuffer page) {
            values.get(first, page.reserveLongs(count), page.count(), count);
            page.added(count);
        }

        @Override
        public void addAt(int[] positions, int count, PageBuffer page) {
            long[] out = page.reserveLongs(count);
            int at = page.count();
            LongBuffer from = values;
            for (int i = 0; i < count; i++) {
                out[at + i] = from.get(positions[i]);
            }
            page.added(count);
        }
    }

    /** One bit each, which the page keeps as one byte each. */
    static final class Bits extends FixedWidthSource {
        private final ByteBuffer values;

        Bits(BitVector vector) {
            super(1);
            values = view(vector.getDataBuffer(), (vector.getValueCount() + 7L) / 8);
        }

        @Override
        public void addRange(int first, int count, PageBuffer page) {
            byte[] out = page.reserveBytes(count);
            int at = page.byteCount;
            for (int i = 0; i < count; i++) {
                out[at + i] = bit(first + i);
            }
            page.byteCount += count;
            page.added(count);
        }

        @Override
        public void addAt(int[] positions, int count, PageBuffer page) {
            byte[] out = page.reserveBytes(count);
            int at = page.byteCount;
            for (int i = 0; i < count; i++) {
                out[at + i] = bit(positions[i]);
            }
            page.byteCount += count;
            page.added(count);
        }

        private byte bit(int position) {
            return (byte) (values.get(position >>> 3) >> (position & 7) & 1);
        }
    }

    /** Byte arrays of one length: uuids and fixed. */
    static final class Fixed extends FixedWidthSource {
        private final ByteBuffer values;
        private final int width;

        Fixed(FixedSizeBinaryVector vector) {
            super(vector.getByteWidth());
            width = vector.getByteWidth();
            values = view(vector.getDataBuffer(), (long) vector.getValueCount() * width);
        }

        @Override
        public void addRange(int first, int count, PageBuffer page) {
            page.addBytes(values, first * width, count * width);
            page.added(count);
        }

        @Override
        public void addAt(int[] positions, int count, PageBuffer page) {
            page.reserveBytes((long) count * width);
            for (int i = 0; i < count; i++) {
                page.addBytes(values, positions[i] * width, width);
            }
            page.added(count);
        }
    }
}
