package dev.tarn.writer.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes in little-endian order that grow while they are written; reused from page to page. Confined to one thread. */
final class ByteSink {
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[1 << 12];
    private int size;

    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** Makes room for more bytes and returns the array, which callers may fill from {@link #size} on. */
    byte[] reserve(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, bytes.length * 2L)));
        }
        return bytes;
    }

    /** Counts bytes as written that were filled into {@link #reserve}d room. */
    void advance(int written) {
        size += written;
    }

    void put(int value) {
        reserve(1)[size++] = (byte) value;
    }

    void putInt(int value) {
        INTS.set(reserve(4), size, value);
        size += 4;
    }

    void setInt(int position, int value) {
        INTS.set(bytes, position, value);
    }

    void put(byte[] source, int offset, int length) {
        System.arraycopy(source, offset, reserve(length), size, length);
        size += length;
    }

    void putInts(int[] values, int count) {
        reserve(Math.multiplyExact(count, 4));
        ByteBuffer.wrap(bytes, size, count * 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .put(values, 0, count);
        size += count * 4;
    }

    void putLongs(long[] values, int count) {
        reserve(Math.multiplyExact(count, 8));
        ByteBuffer.wrap(bytes, size, count * 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .put(values, 0, count);
        size += count * 8;
    }

    void putUnsignedVarInt(int value) {
        putUnsignedVarLong(value & 0xffff_ffffL);
    }

    void putUnsignedVarLong(long value) {
        byte[] out = reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[size++] = (byte) rest;
    }

    void putZigZagVarLong(long value) {
        putUnsignedVarLong((value << 1) ^ (value >> 63));
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}
