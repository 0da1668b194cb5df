package dev.tarn.writer.parquet;

import java.util.Arrays;

/**
 * Parquet's DELTA_BINARY_PACKED: differences of neighbours in blocks, each less the smallest of its block, packed in
 * miniblocks with a bit width of their own. Blocks are large, since equal differences then look alike throughout the page
 * and the codec finds them. Reused from page to page; confined to one thread.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC">Delta encoding</a>
 */
final class DeltaPacking {
    private static final int LARGE_BLOCK = 2_048;
    private static final int LARGE_MINIBLOCK = 64;

    /** A block of few values would mostly hold the bit widths of miniblocks that it does not need. */
    private static final int SMALL_BLOCK = 128;

    private static final int SMALL_MINIBLOCK = 32;

    private final long[] deltas = new long[LARGE_BLOCK];
    private int block = LARGE_BLOCK;
    private int miniblock = LARGE_MINIBLOCK;

    void encode(int[] values, int count, ByteSink out) {
        begin(count, count == 0 ? 0 : values[0], out);
        for (int from = 1; from < count; from += block) {
            int length = Math.min(block, count - from);
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
        for (int from = 1; from < count; from += block) {
            int length = Math.min(block, count - from);
            long min = Long.MAX_VALUE;
            for (int i = 0; i < length; i++) {
                long delta = values[from + i] - values[from + i - 1];
                deltas[i] = delta;
                min = Math.min(min, delta);
            }
            encodeBlock(length, min, out);
        }
    }

    private void begin(int count, long first, ByteSink out) {
        boolean large = count > LARGE_BLOCK / 2;
        block = large ? LARGE_BLOCK : SMALL_BLOCK;
        miniblock = large ? LARGE_MINIBLOCK : SMALL_MINIBLOCK;
        out.putUnsignedVarInt(block);
        out.putUnsignedVarInt(block / miniblock);
        out.putUnsignedVarInt(count);
        out.putZigZagVarLong(first);
    }

    private void encodeBlock(int length, long min, ByteSink out) {
        out.putZigZagVarLong(min);
        int widthsAt = out.size();
        int miniblocks = block / miniblock;
        Arrays.fill(out.reserve(miniblocks), widthsAt, widthsAt + miniblocks, (byte) 0);
        out.advance(miniblocks);
        int used = (length + miniblock - 1) / miniblock;
        for (int mini = 0; mini < used; mini++) {
            int from = mini * miniblock;
            int to = Math.min(from + miniblock, length);
            long bits = 0;
            for (int i = from; i < to; i++) {
                long above = deltas[i] - min;
                deltas[i] = above;
                bits |= above;
            }
            for (int i = to; i < from + miniblock; i++) {
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
        byte[] bytes = out.reserve(miniblock / 8 * width + 8);
        int at = out.size();
        long packed = 0;
        int bits = 0;
        for (int i = from; i < from + miniblock; i++) {
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
        // Multiples of 32 values of any width end on a multiple of 32 bits.
        if (bits > 0) {
            ByteSink.INTS.set(bytes, at, (int) packed);
        }
        out.advance(miniblock / 8 * width);
    }
}
