package dev.tarn.writer.layout;

import java.util.Arrays;

/**
 * Keys of rows as bytes whose unsigned order is the order of the rows, in one array. Keys are appended, ended one by one
 * and then compared by their numbers. Not thread-safe.
 */
final class SortKeys {
    private byte[] bytes = new byte[0];
    private int length;
    private int[] ends = new int[0];
    private int count;

    /** Bytes of heap that are held. */
    long retainedBytes() {
        return bytes.length + (long) ends.length * Integer.BYTES;
    }

    /** Finished keys. */
    int count() {
        return count;
    }

    void putByte(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void putInt(int value) {
        reserve(Integer.BYTES);
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    void putLong(long value) {
        reserve(Long.BYTES);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    void putBytes(byte[] value, int from, int to) {
        reserve(to - from);
        System.arraycopy(value, from, bytes, length, to - from);
        length += to - from;
    }

    /** Bytes of the key that is being built, plus all before it. */
    int position() {
        return length;
    }

    /** Turns the order of everything after a position around. */
    void invertFrom(int position) {
        for (int i = position; i < length; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
    }

    /** Ends the key that was built. */
    void endKey() {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, Math.max(64, count * 2));
        }
        ends[count++] = length;
    }

    /** Compares two keys of this array. */
    int compare(int left, int right) {
        return compare(left, this, right);
    }

    /** Compares a key with one of another array. */
    int compare(int left, SortKeys other, int right) {
        return Arrays.compareUnsigned(
                bytes, start(left), ends[left], other.bytes, other.start(right), other.ends[right]);
    }

    /** Forgets all keys and keeps the room. */
    void clear() {
        length = 0;
        count = 0;
    }

    /** Forgets all keys and frees the room. */
    void release() {
        clear();
        bytes = new byte[0];
        ends = new int[0];
    }

    private int start(int key) {
        return key == 0 ? 0 : ends[key - 1];
    }

    private void reserve(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, bytes.length * 2L)));
        }
    }
}
