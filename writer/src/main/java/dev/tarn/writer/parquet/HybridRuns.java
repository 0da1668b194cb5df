package dev.tarn.writer.parquet;

/**
 * Parquet's hybrid of run lengths and bit packing, for levels, dictionary indexes and booleans. A run of eight or more
 * equal values becomes a run length, everything else is packed in groups of eight.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE">RLE in the Parquet format</a>
 */
final class HybridRuns {
    private static final int GROUP = 8;

    private HybridRuns() {}

    /** Bits needed for values from 0 to {@code max}. */
    static int bitWidth(int max) {
        return 32 - Integer.numberOfLeadingZeros(max);
    }

    /** One run of a single value. */
    static void encodeRun(int value, int count, int bitWidth, ByteSink out) {
        if (count == 0) {
            return;
        }
        out.putUnsignedVarInt(count << 1);
        for (int shift = 0; shift < bitWidth; shift += 8) {
            out.put(value >>> shift);
        }
    }

    /** Values of at most seven bits. */
    static void encode(byte[] values, int count, int bitWidth, ByteSink out) {
        int position = 0;
        int literals = 0;
        while (position < count) {
            byte value = values[position];
            int end = position + 1;
            while (end < count && values[end] == value) {
                end++;
            }
            int toCompleteGroup = literals == position ? 0 : -(position - literals) & (GROUP - 1);
            if (end - position - toCompleteGroup >= GROUP) {
                pack(values, literals, position + toCompleteGroup, bitWidth, out);
                encodeRun(value, end - position - toCompleteGroup, bitWidth, out);
                literals = end;
            }
            position = end;
        }
        pack(values, literals, count, bitWidth, out);
    }

    /** Values of at most 32 bits. */
    static void encode(int[] values, int count, int bitWidth, ByteSink out) {
        int position = 0;
        int literals = 0;
        while (position < count) {
            int value = values[position];
            int end = position + 1;
            while (end < count && values[end] == value) {
                end++;
            }
            int toCompleteGroup = literals == position ? 0 : -(position - literals) & (GROUP - 1);
            if (end - position - toCompleteGroup >= GROUP) {
                pack(values, literals, position + toCompleteGroup, bitWidth, out);
                encodeRun(value, end - position - toCompleteGroup, bitWidth, out);
                literals = end;
            }
            position = end;
        }
        pack(values, literals, count, bitWidth, out);
    }

    private static void pack(byte[] values, int from, int to, int bitWidth, ByteSink out) {
        if (from == to) {
            return;
        }
        byte[] bytes = beginGroups(to - from, bitWidth, out);
        int at = out.size();
        int i = from;
        for (; i <= to - GROUP; i += GROUP) {
            long packed = 0;
            for (int k = 0; k < GROUP; k++) {
                packed |= (long) values[i + k] << (k * bitWidth);
            }
            ByteSink.LONGS.set(bytes, at, packed);
            at += bitWidth;
        }
        long packed = 0;
        for (int k = 0; i + k < to; k++) {
            packed |= (long) values[i + k] << (k * bitWidth);
        }
        endGroups(to - from, bitWidth, packed, at, out);
    }

    private static void pack(int[] values, int from, int to, int bitWidth, ByteSink out) {
        if (from == to) {
            return;
        }
        byte[] bytes = beginGroups(to - from, bitWidth, out);
        int at = out.size();
        long packed = 0;
        int bits = 0;
        for (int i = from; i < to; i++) {
            packed |= (values[i] & 0xffff_ffffL) << bits;
            bits += bitWidth;
            if (bits >= 32) {
                ByteSink.INTS.set(bytes, at, (int) packed);
                at += 4;
                packed >>>= 32;
                bits -= 32;
            }
        }
        endGroups(to - from, bitWidth, packed, at, out);
    }

    private static byte[] beginGroups(int count, int bitWidth, ByteSink out) {
        int groups = (count + GROUP - 1) / GROUP;
        out.putUnsignedVarInt(groups << 1 | 1);
        return out.reserve(groups * bitWidth + 8);
    }

    /** Writes what is left of the last value, and zeros up to the end of the group. */
    private static void endGroups(int count, int bitWidth, long packed, int at, ByteSink out) {
        int length = (count + GROUP - 1) / GROUP * bitWidth;
        byte[] bytes = out.array();
        int end = out.size() + length;
        long rest = packed;
        for (int i = at; i < end; i++) {
            bytes[i] = (byte) rest;
            rest >>>= 8;
        }
        out.advance(length);
    }
}
