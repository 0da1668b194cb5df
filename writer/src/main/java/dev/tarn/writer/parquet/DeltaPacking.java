package dev.tarn.writer.parquet;

/**
 * Parquet's DELTA_BINARY_PACKED: differences of neighbours in blocks of 128, each less the smallest of its block, packed
 * in four miniblocks with a bit width of their own. Reused from page to page; confined to one thread.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC">Delta encoding</a>
 */
final class DeltaPacking {
    private static final int BLOCK = 128;
    private static final int MINIBLOCKS = 4;
    private static final int MINIBLOCK = BLOCK / MINIBLOCKS;

    private final long[] deltas = new long[BLOCK];

    void encode(int[] values, int count, ByteSink out) {
        begin(count, count == 0 ? 0 : values[0], out);
        for (int from = 1; from < count; from += BLOCK) {
            int length = Math.min(BLOCK, count - from);
            long min = Long.MAX_VALUE;
            for (int i = 0; i < length; i++) {
                // The difference wraps at 32 bits, as readers add it.
                int delta = values[from + i] - values[from + i - 1];
                deltas[i] = delta;
                min = Math.min(min, delta);
            }
            encodeBlock(length, min, out);
        }
    }

    void encode(long[] values, int count, ByteSink out) {
        begin(count, count == 0 ? 0 : values[0], out);
        for (int from = 1; from < count; from += BLOCK) {
            int length = Math.min(BLOCK, count - from);
            long min = Long.MAX_VALUE;
            for (int i = 0; i < length; i++) {
                long delta = values[from + i] - values[from + i - 1];
                deltas[i] = delta;
                min = Math.min(min, delta);
            }
            encodeBlock(length, min, out);
        }
    }

    private static void begin(int count, long first, ByteSink out) {
        out.putUnsignedVarInt(BLOCK);
        out.putUnsignedVarInt(MINIBLOCKS);
        out.putUnsignedVarInt(count);
        out.putZigZagVarLong(first);
    }

    private void encodeBlock(int length, long min, ByteSink out) {
        out.putZigZagVarLong(min);
        int widthsAt = out.size();
        out.putInt(0);
        int used = (length + MINIBLOCK - 1) / MINIBLOCK;
        for (int mini = 0; mini < used; mini++) {
            int from = mini * MINIBLOCK;
            int to = Math.min(from + MINIBLOCK, length);
            long bits = 0;
            for (int i = from; i < to; i++) {
                long above = deltas[i] - min;
                deltas[i] = above;
                bits |= above;
            }
            for (int i = to; i < from + MINIBLOCK; i++) {
                deltas[i] = 0;
            }
            int width = 64 - Long.numberOfLeadingZeros(bits);
            out.array()[widthsAt + mini] = (byte) width;
            if (width > 0) {
                pack(from, width, out);
            }
        }
    }

    private void pack(int from, int width, ByteSink out) {
        byte[] bytes = out.reserve(MINIBLOCK / 8 * width + 8);
        int at = out.size();
        long packed = 0;
        int bits = 0;
        for (int i = from; i < from + MINIBLOCK; i++) {
            long value = deltas[i];
            packed |= value << bits;
            bits += width;
            if (bits >= 64) {
                ByteSink.LONGS.set(bytes, at, packed);
                at += 8;
                bits -= 64;
                packed = bits == 0 ? 0 : value >>> (width - bits);
            }
        }
        // 32 values of any width end on a multiple of 32 bits.
        if (bits > 0) {
            ByteSink.INTS.set(bytes, at, (int) packed);
        }
        out.advance(MINIBLOCK / 8 * width);
    }
}
