package dev.tarn.catalog.planning;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads Avro's binary encoding from an array. Every length is checked against what is left before anything is
 * allocated, and the number of values is bounded by the number of bytes, so that no claim costs more than its bytes.
 * Not thread-safe.
 */
final class AvroInput {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Values that take no bytes, such as nulls, are far fewer than this per byte in every honest file. */
    private static final int MAX_EMPTY_VALUES_PER_BYTE = 16;

    private final byte[] bytes;
    private final int end;
    private int position;
    private long budget;

    AvroInput(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.end = to;
        this.budget = (long) (to - from) * MAX_EMPTY_VALUES_PER_BYTE + 1_024;
    }

    boolean isAtEnd() {
        return position >= end;
    }

    int position() {
        return position;
    }

    /** Counts a value that took no bytes. */
    void countEmpty() {
        if (--budget < 0) {
            throw new CorruptManifestException("An Avro file claims more values than its bytes can hold");
        }
    }

    long readLong() {
        long value = 0;
        int shift = 0;
        int at = position;
        while (at < end && shift < 64) {
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                position = at;
                return (value >>> 1) ^ -(value & 1);
            }
            shift += 7;
        }
        throw new CorruptManifestException("An Avro number is cut off or longer than ten bytes");
    }

    int readInt() {
        long value = readLong();
        if (value != (int) value) {
            throw new CorruptManifestException("An Avro int is out of range: " + value);
        }
        return (int) value;
    }

    boolean readBoolean() {
        return take(1)[position - 1] != 0;
    }

    float readFloat() {
        return Float.intBitsToFloat((int) INT.get(take(4), position - 4));
    }

    double readDouble() {
        return Double.longBitsToDouble((long) LONG.get(take(8), position - 8));
    }

    /** Reads the length of bytes or text that follow; the caller takes them by {@link #skip} or {@link #copy}. */
    int readLength() {
        long length = readLong();
        if (length < 0 || length > end - position) {
            throw new CorruptManifestException(
                    "An Avro value claims %d bytes where %d are left".formatted(length, end - position));
        }
        return (int) length;
    }

    /** Reads the number of items of the next block of an array or map; 0 ends it. */
    long readBlockCount() {
        long count = readLong();
        if (count < 0) {
            readLong(); // The size of the block in bytes, which only helps to skip it.
            count = -count;
        }
        if (count < 0) {
            throw new CorruptManifestException("An Avro block claims an impossible number of items");
        }
        return count;
    }

    byte[] copy(int length) {
        skip(length);
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    void skip(int length) {
        if (length < 0 || length > end - position) {
            throw new CorruptManifestException(
                    "An Avro value needs %d bytes where %d are left".formatted(length, end - position));
        }
        position += length;
    }

    /** The array that is read from; never to be changed. */
    byte[] array() {
        return bytes;
    }

    private byte[] take(int length) {
        skip(length);
        return bytes;
    }
}
