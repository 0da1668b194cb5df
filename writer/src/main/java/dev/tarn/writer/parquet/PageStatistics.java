package dev.tarn.writer.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** Bounds and counts of one page, found in one pass over its raw values, in the form that parquet-java writes. */
final class PageStatistics {
    private static final VarHandle BIG_ENDIAN_LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private PageStatistics() {}

    /**
     * The bounds of a page and its counts of nulls and NaNs.
     *
     * @param floats gets the same of a float or double column of the table
     */
    static Statistics<?> of(PageBuffer page, @Nullable FloatingPointMetrics floats) {
        PrimitiveType type = page.leaf().descriptor().getPrimitiveType();
        Statistics<?> statistics = Statistics.createStats(type);
        statistics.incrementNumNulls(page.slots() - page.count());
        switch (page.leaf().physical()) {
            case BOOLEAN -> booleans(page, statistics);
            case INT -> ints(page, statistics);
            case LONG -> longs(page, statistics);
            case FLOAT -> floats(page, statistics, floats);
            case DOUBLE -> doubles(page, statistics, floats);
            case BYTES -> bytes(page, statistics);
            case FIXED -> {
                if (type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation) {
                    decimals(page, statistics);
                } else {
                    fixed(page, statistics);
                }
            }
        }
        return statistics;
    }

    /**
     * As {@link #of}, for a page of a BYTES column that refers to a dictionary.
     *
     * @param indexes one per value of the page
     */
    static Statistics<?> ofIndexed(PageBuffer page, BytesDictionary dictionary, int[] indexes) {
        Statistics<?> statistics =
                Statistics.createStats(page.leaf().descriptor().getPrimitiveType());
        statistics.incrementNumNulls(page.slots() - page.count());
        boolean[] occurs = new boolean[dictionary.size()];
        for (int i = 0; i < page.count(); i++) {
            occurs[indexes[i]] = true;
        }
        int min = -1;
        int max = -1;
        for (int entry = 0; entry < occurs.length; entry++) {
            if (!occurs[entry]) {
                continue;
            }
            min = min < 0 || dictionary.compare(entry, min) < 0 ? entry : min;
            max = max < 0 || dictionary.compare(entry, max) > 0 ? entry : max;
        }
        if (min >= 0) {
            statistics.updateStats(binary(dictionary.data(), dictionary.start(min), dictionary.end(min)));
            statistics.updateStats(binary(dictionary.data(), dictionary.start(max), dictionary.end(max)));
        }
        return statistics;
    }

    /** No bounds and counts, for a column that shall have none; only floating point is still counted for the table. */
    static Statistics<?> none(PageBuffer page, @Nullable FloatingPointMetrics floats) {
        if (floats != null) {
            of(page, floats);
        }
        return Statistics.noopStats(page.leaf().descriptor().getPrimitiveType());
    }

    /** Counts of levels, and bytes of variable length before encoding. */
    static SizeStatistics sizes(PageBuffer page) {
        LeafColumn leaf = page.leaf();
        long bytes = leaf.physical() == Physical.BYTES ? page.byteCount : 0;
        List<Long> repetition = leaf.maxRepetition() == 0
                ? new ArrayList<>()
                : histogram(page.repetition(), page.slots(), leaf.maxRepetition());
        return new SizeStatistics(
                leaf.descriptor().getPrimitiveType(),
                bytes,
                repetition,
                definitionHistogram(page, leaf.maxDefinition()));
    }

    private static List<Long> definitionHistogram(PageBuffer page, int max) {
        // parquet-java leaves the histogram out for levels 0 and 1 too, which the null count says already.
        if (max <= 1) {
            return new ArrayList<>();
        }
        if (page.allDefined()) {
            List<Long> counts = new ArrayList<>();
            for (int level = 0; level < max; level++) {
                counts.add(0L);
            }
            counts.add((long) page.slots());
            return counts;
        }
        return histogram(page.definition(), page.slots(), max);
    }

    private static List<Long> histogram(byte[] levels, int count, int max) {
        // Two tables, so that equal neighbours do not wait for each other.
        int[] even = new int[max + 1];
        int[] odd = new int[max + 1];
        int i = 0;
        for (; i + 1 < count; i += 2) {
            even[levels[i]]++;
            odd[levels[i + 1]]++;
        }
        if (i < count) {
            even[levels[i]]++;
        }
        List<Long> counts = new ArrayList<>();
        for (int level = 0; level <= max; level++) {
            counts.add((long) even[level] + odd[level]);
        }
        return counts;
    }

    private static void booleans(PageBuffer page, Statistics<?> statistics) {
        int seen = 0;
        for (int i = 0; i < page.count(); i++) {
            seen |= 1 << page.bytes[i];
        }
        if ((seen & 1) != 0) {
            statistics.updateStats(false);
        }
        if ((seen & 2) != 0) {
            statistics.updateStats(true);
        }
    }

    private static void ints(PageBuffer page, Statistics<?> statistics) {
        int min = Integer.MAX_VALUE;
        int max = Integer.MIN_VALUE;
        int[] values = page.ints;
        for (int i = 0; i < page.count(); i++) {
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        if (page.count() > 0) {
            statistics.updateStats(min);
            statistics.updateStats(max);
        }
    }

    private static void longs(PageBuffer page, Statistics<?> statistics) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        long[] values = page.longs;
        int count = page.count();
        for (int i = 0; i < count; i++) {
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        if (count > 0) {
            statistics.updateStats(min);
            statistics.updateStats(max);
        }
    }

    private static void floats(PageBuffer page, Statistics<?> statistics, @Nullable FloatingPointMetrics metrics) {
        int[] values = page.ints;
        int count = page.count();
        int nans = 0;
        int min = Integer.MAX_VALUE;
        int max = Integer.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            int bits = values[i];
            if ((bits & 0x7fff_ffff) > 0x7f80_0000) {
                nans++;
                continue;
            }
            int ordered = ordered(bits);
            min = Math.min(min, ordered);
            max = Math.max(max, ordered);
        }
        double lower = Double.POSITIVE_INFINITY;
        double upper = Double.NEGATIVE_INFINITY;
        if (count > nans) {
            lower = Float.intBitsToFloat(ordered(min));
            upper = Float.intBitsToFloat(ordered(max));
            statistics.updateStats((float) lower);
            statistics.updateStats((float) upper);
        }
        statistics.incrementNanCount(nans);
        if (metrics != null) {
            metrics.add(page.slots(), page.slots() - count, nans, lower, upper);
        }
    }

    private static void doubles(PageBuffer page, Statistics<?> statistics, @Nullable FloatingPointMetrics metrics) {
        long[] values = page.longs;
        int count = page.count();
        int nans = 0;
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            long bits = values[i];
            if ((bits & 0x7fff_ffff_ffff_ffffL) > 0x7ff0_0000_0000_0000L) {
                nans++;
                continue;
            }
            long ordered = ordered(bits);
            min = Math.min(min, ordered);
            max = Math.max(max, ordered);
        }
        double lower = Double.POSITIVE_INFINITY;
        double upper = Double.NEGATIVE_INFINITY;
        if (count > nans) {
            lower = Double.longBitsToDouble(ordered(min));
            upper = Double.longBitsToDouble(ordered(max));
            statistics.updateStats(lower);
            statistics.updateStats(upper);
        }
        statistics.incrementNanCount(nans);
        if (metrics != null) {
            metrics.add(page.slots(), page.slots() - count, nans, lower, upper);
        }
    }

    /** Bits of a float as an int that sorts like it, -0.0 below 0.0; the same again gives the bits back. */
    private static int ordered(int bits) {
        return bits ^ ((bits >> 31) & 0x7fff_ffff);
    }

    private static long ordered(long bits) {
        return bits ^ ((bits >> 63) & 0x7fff_ffff_ffff_ffffL);
    }

    private static void bytes(PageBuffer page, Statistics<?> statistics) {
        int count = page.count();
        if (count == 0) {
            return;
        }
        byte[] bytes = page.bytes;
        int[] ends = page.ends;
        int min = 0;
        int max = 0;
        long minPrefix = prefix(bytes, 0, ends[0], page.byteCount);
        long maxPrefix = minPrefix;
        int start = ends[0];
        for (int i = 1; i < count; i++) {
            int end = ends[i];
            long prefix = prefix(bytes, start, end, page.byteCount);
            if (prefix <= minPrefix && (prefix < minPrefix || compare(page, i, min) < 0)) {
                min = i;
                minPrefix = prefix;
            }
            if (prefix >= maxPrefix && (prefix > maxPrefix || compare(page, i, max) > 0)) {
                max = i;
                maxPrefix = prefix;
            }
            start = end;
        }
        statistics.updateStats(binary(page.bytes, page.start(min), ends[min]));
        statistics.updateStats(binary(page.bytes, page.start(max), ends[max]));
    }

    /** The first eight bytes as a number that sorts like them; shorter values are filled up with zeros. */
    private static long prefix(byte[] bytes, int start, int end, int limit) {
        int length = end - start;
        if (length == 0) {
            return Long.MIN_VALUE;
        }
        if (start + 8 <= limit) {
            long word = (long) BIG_ENDIAN_LONGS.get(bytes, start);
            int unused = length >= 8 ? 0 : 64 - length * 8;
            return (word >>> unused << unused) ^ Long.MIN_VALUE;
        }
        long word = 0;
        for (int i = 0; i < 8; i++) {
            word = word << 8 | (i < length ? bytes[start + i] & 0xff : 0);
        }
        return word ^ Long.MIN_VALUE;
    }

    private static int compare(PageBuffer page, int value, int other) {
        byte[] bytes = page.bytes;
        return Arrays.compareUnsigned(
                bytes, page.start(value), page.ends[value], bytes, page.start(other), page.ends[other]);
    }

    private static void fixed(PageBuffer page, Statistics<?> statistics) {
        int length = page.leaf().fixedLength();
        byte[] bytes = page.bytes;
        int min = 0;
        int max = 0;
        for (int at = length; at < page.byteCount; at += length) {
            if (Arrays.compareUnsigned(bytes, at, at + length, bytes, min, min + length) < 0) {
                min = at;
            } else if (Arrays.compareUnsigned(bytes, at, at + length, bytes, max, max + length) > 0) {
                max = at;
            }
        }
        updateFixed(page, statistics, min, max);
    }

    private static void decimals(PageBuffer page, Statistics<?> statistics) {
        int length = page.leaf().fixedLength();
        int min = 0;
        int max = 0;
        for (int at = length; at < page.byteCount; at += length) {
            if (compareSigned(page.bytes, at, min, length) < 0) {
                min = at;
            } else if (compareSigned(page.bytes, at, max, length) > 0) {
                max = at;
            }
        }
        updateFixed(page, statistics, min, max);
    }

    private static int compareSigned(byte[] bytes, int at, int other, int length) {
        return bytes[at] != bytes[other]
                ? Byte.compare(bytes[at], bytes[other])
                : Arrays.compareUnsigned(bytes, at + 1, at + length, bytes, other + 1, other + length);
    }

    private static void updateFixed(PageBuffer page, Statistics<?> statistics, int min, int max) {
        if (page.count() > 0) {
            int length = page.leaf().fixedLength();
            statistics.updateStats(binary(page.bytes, min, min + length));
            statistics.updateStats(binary(page.bytes, max, max + length));
        }
    }

    private static Binary binary(byte[] bytes, int start, int end) {
        return Binary.fromConstantByteArray(Arrays.copyOfRange(bytes, start, end));
    }
}
