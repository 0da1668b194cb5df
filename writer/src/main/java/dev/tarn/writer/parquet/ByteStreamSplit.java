package dev.tarn.writer.parquet;

/**
 * Parquet's BYTE_STREAM_SPLIT: first the lowest byte of every value, then the next, so that exponents lie together.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/#BYTESTREAMSPLIT">Byte stream split</a>
 */
final class ByteStreamSplit {
    private ByteStreamSplit() {}

    static void encode(int[] values, int count, ByteSink out) {
        byte[] bytes = out.reserve(Math.multiplyExact(count, 4));
        for (int plane = 0; plane < 4; plane++) {
            int at = out.size() + plane * count;
            int shift = plane * 8;
            for (int i = 0; i < count; i++) {
                bytes[at + i] = (byte) (values[i] >>> shift);
            }
        }
        out.advance(count * 4);
    }

    static void encode(long[] values, int count, ByteSink out) {
        byte[] bytes = out.reserve(Math.multiplyExact(count, 8));
        for (int plane = 0; plane < 8; plane++) {
            int at = out.size() + plane * count;
            int shift = plane * 8;
            for (int i = 0; i < count; i++) {
                bytes[at + i] = (byte) (values[i] >>> shift);
            }
        }
        out.advance(count * 8);
    }
}
