package dev.tarn.writer.parquet;

import java.util.Arrays;

/** Distinct byte arrays, one after the other in one array, in an open-addressing hash table. */
final class BytesDictionary implements Dictionary {
    private static final int FIRST_TABLE_SIZE = 512;
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    /** Length of every value, or 0 where lengths differ. */
    private final int fixedLength;

    private byte[] data = new byte[1 << 12];
    private int[] ends = new int[FIRST_TABLE_SIZE / 2];
    private int[] hashes = new int[FIRST_TABLE_SIZE / 2];

    /** The first eight bytes of each value, which mostly tell values apart without looking at the rest. */
    private long[] heads = new long[FIRST_TABLE_SIZE / 2];

    /** Index plus one, or 0. */
    private int[] table = new int[FIRST_TABLE_SIZE];

    private int size;

    BytesDictionary(int fixedLength) {
        this.fixedLength = fixedLength;
    }

    @Override
    public void index(PageBuffer page, int from, int to, int[] indexes) {
        byte[] bytes = page.bytes;
        int start = fixedLength > 0 ? from * fixedLength : page.start(from);
        for (int i = from; i < to; i++) {
            int end = fixedLength > 0 ? start + fixedLength : page.ends[i];
            indexes[i] = index(bytes, start, end);
            start = end;
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void truncate(int newSize) {
        size = newSize;
        table = new int[0];
        hashes = new int[0];
        heads = new long[0];
    }

    @Override
    public long plainBytes() {
        return dataBytes() + (fixedLength > 0 ? 0 : 4L * size);
    }

    @Override
    public long allocatedBytes() {
        return data.length + 8L * heads.length + 4L * (ends.length + hashes.length + table.length);
    }

    @Override
    public void encode(ByteSink out) {
        if (fixedLength > 0) {
            out.put(data, 0, dataBytes());
            return;
        }
        int start = 0;
        for (int i = 0; i < size; i++) {
            out.putInt(ends[i] - start);
            out.put(data, start, ends[i] - start);
            start = ends[i];
        }
    }

    byte[] data() {
        return data;
    }

    int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    int end(int index) {
        return ends[index];
    }

    /** Compares two entries as unsigned bytes. */
    int compare(int index, int other) {
        return Arrays.compareUnsigned(data, start(index), ends[index], data, start(other), ends[other]);
    }

    private int dataBytes() {
        return size == 0 ? 0 : ends[size - 1];
    }

    private int index(byte[] bytes, int start, int end) {
        int length = end - start;
        long head = head(bytes, start, length);
        int hash = hash(head, bytes, start, end);
        int mask = table.length - 1;
        int slot = hash & mask;
        while (true) {
            int found = table[slot] - 1;
            if (found < 0) {
                return add(bytes, start, end, head, hash, slot);
            }
            if (heads[found] == head && isTail(found, bytes, start, end)) {
                return found;
            }
            slot = slot + 1 & mask;
        }
    }

    /** Whether a known value that begins like another is as long and ends like it. */
    private boolean isTail(int found, byte[] bytes, int start, int end) {
        int knownStart = start(found);
        int length = end - start;
        return ends[found] - knownStart == length
                && (length <= 8 || Arrays.equals(bytes, start + 8, end, data, knownStart + 8, knownStart + length));
    }

    private int add(byte[] bytes, int start, int end, long head, int hash, int slot) {
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
            heads = Arrays.copyOf(heads, size * 2);
        }
        int at = dataBytes();
        int needed = at + end - start;
        if (needed > data.length) {
            data = Arrays.copyOf(data, Math.max(needed, data.length * 2));
        }
        System.arraycopy(bytes, start, data, at, end - start);
        ends[size] = needed;
        hashes[size] = hash;
        heads[size] = head;
        table[slot] = ++size;
        if (size * 2 > table.length) {
            rehash();
        }
        return size - 1;
    }

    private void rehash() {
        table = new int[table.length * 2];
        int mask = table.length - 1;
        for (int i = 0; i < size; i++) {
            int slot = hashes[i] & mask;
            while (table[slot] != 0) {
                slot = slot + 1 & mask;
            }
            table[slot] = i + 1;
        }
    }

    private static long head(byte[] bytes, int start, int length) {
        if (length >= 8) {
            return (long) ByteSink.LONGS.get(bytes, start);
        }
        if (start + 8 <= bytes.length) {
            return (long) ByteSink.LONGS.get(bytes, start) & ((1L << (length * 8)) - 1);
        }
        long head = 0;
        for (int i = 0; i < length; i++) {
            head |= (bytes[start + i] & 0xffL) << (i * 8);
        }
        return head;
    }

    private static int hash(long head, byte[] bytes, int start, int end) {
        long hash = mix(head ^ (end - start) * MULTIPLIER);
        int i = start + 8;
        for (; i <= end - 8; i += 8) {
            hash = mix(hash ^ (long) ByteSink.LONGS.get(bytes, i));
        }
        if (i < end) {
            // Overlaps with what is mixed in already, which does no harm.
            hash = mix(hash ^ (long) ByteSink.LONGS.get(bytes, end - 8));
        }
        return (int) (hash >>> 32);
    }

    private static long mix(long value) {
        long product = value * MULTIPLIER;
        return product ^ product >>> 29;
    }
}
