package dev.tarn.writer.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;

/** Text and bytes that lie one after the other in the vector, with offsets of 32 or 64 bits. */
final class VariableLengthSource implements ValueSource {
    private final ByteBuffer offsets;
    private final Offsets width;
    private final ByteBuffer data;

    enum Offsets {
        INTS,
        LONGS
    }

    private VariableLengthSource(ByteBuffer offsets, Offsets width, ByteBuffer data) {
        this.offsets = offsets;
        this.width = width;
        this.data = data;
    }

    /** A source over a vector with at most 2 GiB of data. */
    static VariableLengthSource of(FieldVector vector, Offsets width) {
        ArrowBuf offsets = vector.getOffsetBuffer();
        long length = (vector.getValueCount() + 1L) * (width == Offsets.INTS ? 4 : 8);
        ArrowBuf data = vector.getDataBuffer();
        return new VariableLengthSource(
                FixedWidthSource.view(offsets, length),
                width,
                data.nioBuffer(0, (int) Math.min(data.capacity(), Integer.MAX_VALUE))
                        .order(ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public void addRange(int first, int count, PageBuffer page) {
        int start = offset(first);
        int[] ends = page.reserveEnds(count);
        int at = page.count();
        int base = page.byteCount - start;
        page.addBytes(data, start, offset(first + count) - start);
        for (int i = 0; i < count; i++) {
            ends[at + i] = base + offset(first + 1 + i);
        }
        page.added(count);
    }

    @Override
    public void addAt(int[] positions, int count, PageBuffer page) {
        page.reserveBytes(bytesAt(positions, count));
        int i = 0;
        while (i < count) {
            int runStart = positions[i];
            int end = i + 1;
            while (end < count && positions[end] == positions[end - 1] + 1) {
                end++;
            }
            addRange(runStart, end - i, page);
            i = end;
        }
    }

    @Override
    public long rangeBytes(int first, int count) {
        return (long) offset(first + count) - offset(first);
    }

    @Override
    public long bytesAt(int[] positions, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += offset(positions[i] + 1) - offset(positions[i]);
        }
        return bytes;
    }

    private int offset(int index) {
        return width == Offsets.INTS ? offsets.getInt(index << 2) : (int) offsets.getLong(index << 3);
    }
}
