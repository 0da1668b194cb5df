package dev.tarn.writer.parquet;

import java.math.BigInteger;
import java.nio.LongBuffer;
import org.apache.arrow.vector.DecimalVector;
import org.apache.iceberg.types.Types;

/** Decimals of 128 bits in the scale of the column, checked against its precision. */
final class DecimalSource implements ValueSource {
    private static final int BYTES = 16;

    private final LeafColumn leaf;
    private final Types.DecimalType type;
    private final Physical physical;
    private final int length;
    private final LongBuffer halves;

    /** The smallest number with too many digits, as two halves. */
    private final long limitLow;

    private final long limitHigh;

    private final boolean limitIsLong;

    DecimalSource(LeafColumn leaf, Types.DecimalType type, DecimalVector vector) {
        this.leaf = leaf;
        this.type = type;
        this.physical = leaf.physical();
        this.length = physical == Physical.FIXED ? leaf.fixedLength() : 0;
        this.halves = FixedWidthSource.view(vector.getDataBuffer(), vector.getValueCount() * (long) BYTES)
                .asLongBuffer();
        BigInteger limit = BigInteger.TEN.pow(type.precision());
        this.limitLow = limit.longValue();
        this.limitHigh = limit.shiftRight(64).longValue();
        this.limitIsLong = limit.bitLength() < Long.SIZE;
    }

    @Override
    public void addRange(int first, int count, PageBuffer page) {
        reserve(count, page);
        for (int i = 0; i < count; i++) {
            add(first + i, page);
        }
    }

    @Override
    public void addAt(int[] positions, int count, PageBuffer page) {
        reserve(count, page);
        for (int i = 0; i < count; i++) {
            add(positions[i], page);
        }
    }

    @Override
    public long rangeBytes(int first, int count) {
        return (long) count * BYTES;
    }

    @Override
    public long bytesAt(int[] positions, int count) {
        return (long) count * BYTES;
    }

    private void reserve(int count, PageBuffer page) {
        switch (physical) {
            case INT -> page.reserveInts(count);
            case LONG -> page.reserveLongs(count);
            default -> page.reserveBytes((long) count * length);
        }
    }

    private void add(int position, PageBuffer page) {
        long low = halves.get(position * 2);
        long high = halves.get(position * 2 + 1);
        boolean isLong = limitIsLong && high == (low >> 63);
        if (isLong ? (low >= limitLow || low <= -limitLow) : isTooLong(low, high)) {
            throw ValueSources.tooManyDigits(leaf, type);
        }
        int at = page.count();
        switch (physical) {
            case INT -> page.ints[at] = (int) low;
            case LONG -> page.longs[at] = low;
            default -> addBytes(low, high, page);
        }
        page.added(1);
    }

    private boolean isTooLong(long low, long high) {
        long magnitudeLow = high < 0 ? -low : low;
        long magnitudeHigh = high < 0 ? ~high + (low == 0 ? 1 : 0) : high;
        int order = Long.compareUnsigned(magnitudeHigh, limitHigh);
        return order > 0 || (order == 0 && Long.compareUnsigned(magnitudeLow, limitLow) >= 0);
    }

    private void addBytes(long low, long high, PageBuffer page) {
        byte[] out = page.bytes;
        int end = page.byteCount + length;
        for (int i = 1; i <= length; i++) {
            out[end - i] = (byte) (i <= 8 ? low >>> ((i - 1) * 8) : high >>> ((i - 9) * 8));
        }
        page.byteCount = end;
    }
}
