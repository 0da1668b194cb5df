package dev.tarn.writer.parquet;

import dev.tarn.writer.parquet.EncodingScratch.EncodedValues;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.column.Encoding;

/** The encodings that a page of values can take, dictionaries aside. */
final class ValueEncodings {
    /** Values looked at to see whether neighbours begin alike. */
    private static final int PREFIX_SAMPLE = 512;

    private ValueEncodings() {}

    /** What is worth trying for a page, the best guess first. */
    static List<Encoding> candidates(PageBuffer page, ParquetEncodings allowed) {
        if (allowed == ParquetEncodings.COMPATIBLE) {
            return List.of(Encoding.PLAIN);
        }
        return switch (page.leaf().physical()) {
            case BOOLEAN -> List.of(Encoding.RLE);
            case INT, LONG -> List.of(Encoding.DELTA_BINARY_PACKED, Encoding.PLAIN);
            case FLOAT, DOUBLE -> List.of(Encoding.BYTE_STREAM_SPLIT, Encoding.PLAIN);
            case BYTES ->
                neighboursBeginAlike(page)
                        ? List.of(Encoding.DELTA_LENGTH_BYTE_ARRAY, Encoding.DELTA_BYTE_ARRAY)
                        : List.of(Encoding.DELTA_LENGTH_BYTE_ARRAY);
            case FIXED -> List.of(Encoding.PLAIN);
        };
    }

    /** Encodes all values of a page. */
    static void encode(PageBuffer page, Encoding encoding, EncodingScratch scratch, EncodedValues out) {
        out.raw.clear();
        out.encoding = encoding;
        switch (encoding) {
            case PLAIN -> plain(page, out.raw);
            case RLE -> booleanRuns(page, out.raw);
            case DELTA_BINARY_PACKED -> deltas(page, scratch, out.raw);
            case BYTE_STREAM_SPLIT -> splitStreams(page, out.raw);
            case DELTA_LENGTH_BYTE_ARRAY -> deltaLengths(page, scratch, out.raw);
            case DELTA_BYTE_ARRAY -> sharedPrefixes(page, scratch, out.raw);
            default -> throw new IllegalArgumentException("Values are not written as " + encoding);
        }
    }

    private static void plain(PageBuffer page, ByteSink out) {
        int count = page.count();
        switch (page.leaf().physical()) {
            case BOOLEAN -> plainBooleans(page, out);
            case INT, FLOAT -> out.putInts(page.ints, count);
            case LONG, DOUBLE -> out.putLongs(page.longs, count);
            case FIXED -> out.put(page.bytes, 0, page.byteCount);
            case BYTES -> {
                out.reserve(Math.addExact(page.byteCount, Math.multiplyExact(count, 4)));
                int start = 0;
                for (int i = 0; i < count; i++) {
                    int length = page.ends[i] - start;
                    out.putInt(length);
                    out.put(page.bytes, start, length);
                    start += length;
                }
            }
        }
    }

    private static void plainBooleans(PageBuffer page, ByteSink out) {
        for (int from = 0; from < page.count(); from += 8) {
            int packed = 0;
            for (int i = from; i < Math.min(from + 8, page.count()); i++) {
                packed |= page.bytes[i] << (i - from);
            }
            out.put(packed);
        }
    }

    private static void booleanRuns(PageBuffer page, ByteSink out) {
        out.putInt(0);
        HybridRuns.encode(page.bytes, page.count(), 1, out);
        out.setInt(0, out.size() - 4);
    }

    private static void deltas(PageBuffer page, EncodingScratch scratch, ByteSink out) {
        if (page.leaf().physical() == Physical.INT) {
            scratch.deltas.encode(page.ints, page.count(), out);
        } else {
            scratch.deltas.encode(page.longs, page.count(), out);
        }
    }

    private static void splitStreams(PageBuffer page, ByteSink out) {
        if (page.leaf().physical() == Physical.FLOAT) {
            ByteStreamSplit.encode(page.ints, page.count(), out);
        } else {
            ByteStreamSplit.encode(page.longs, page.count(), out);
        }
    }

    private static void deltaLengths(PageBuffer page, EncodingScratch scratch, ByteSink out) {
        int count = page.count();
        int[] lengths = scratch.numbers(count);
        int start = 0;
        for (int i = 0; i < count; i++) {
            lengths[i] = page.ends[i] - start;
            start = page.ends[i];
        }
        scratch.deltas.encode(lengths, count, out);
        out.put(page.bytes, 0, page.byteCount);
    }

    private static void sharedPrefixes(PageBuffer page, EncodingScratch scratch, ByteSink out) {
        int count = page.count();
        int[] prefixes = scratch.numbers(count);
        int[] suffixes = scratch.moreNumbers(count);
        ByteSink bytes = scratch.suffixes;
        bytes.clear();
        for (int i = 0; i < count; i++) {
            int start = page.start(i);
            int shared = i == 0 ? 0 : sharedPrefix(page, i);
            prefixes[i] = shared;
            suffixes[i] = page.ends[i] - start - shared;
            bytes.put(page.bytes, start + shared, suffixes[i]);
        }
        scratch.deltas.encode(prefixes, count, out);
        scratch.deltas.encode(suffixes, count, out);
        out.put(bytes.array(), 0, bytes.size());
    }

    private static boolean neighboursBeginAlike(PageBuffer page) {
        int sample = Math.min(PREFIX_SAMPLE, page.count());
        long shared = 0;
        for (int i = 1; i < sample; i++) {
            shared += sharedPrefix(page, i);
        }
        return sample > 1 && shared * 4 >= page.ends[sample - 1];
    }

    private static int sharedPrefix(PageBuffer page, int value) {
        int before = page.start(value - 1);
        int start = page.start(value);
        int length = Math.min(start - before, page.ends[value] - start);
        int mismatch = Arrays.mismatch(page.bytes, before, before + length, page.bytes, start, start + length);
        return mismatch < 0 ? length : mismatch;
    }
}
