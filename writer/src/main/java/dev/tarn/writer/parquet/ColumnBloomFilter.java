package dev.tarn.writer.parquet;

import java.util.Arrays;
import org.apache.parquet.column.values.bloomfilter.AdaptiveBlockSplitBloomFilter;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** The bloom filter of one column in one row group. Confined to one thread at a time. */
final class ColumnBloomFilter {
    /** Sizes that an adaptive filter tries at the same time, each half of the one before; parquet-java's default. */
    private static final int ADAPTIVE_CANDIDATES = 5;

    private final BloomFilter filter;

    private ColumnBloomFilter(BloomFilter filter) {
        this.filter = filter;
    }

    /** A filter if the table asks for one; booleans have none. */
    static @Nullable ColumnBloomFilter of(LeafColumn leaf, ColumnOptions options, String column) {
        if (!options.bloomFilter(column) || leaf.physical() == Physical.BOOLEAN) {
            return null;
        }
        double falsePositives = options.bloomFilterFalsePositives(column);
        long distinct = options.bloomFilterDistinctValues(column);
        int maxBytes = options.bloomFilterMaxBytes();
        if (distinct > 0) {
            int bits = BlockSplitBloomFilter.optimalNumOfBits(distinct, falsePositives);
            return new ColumnBloomFilter(new BlockSplitBloomFilter(bits / 8, maxBytes));
        }
        return new ColumnBloomFilter(
                options.bloomFilterSizing() == ColumnOptions.BloomFilterSizing.ADAPTIVE
                        ? new AdaptiveBlockSplitBloomFilter(
                                maxBytes, ADAPTIVE_CANDIDATES, falsePositives, leaf.descriptor())
                        : new BlockSplitBloomFilter(maxBytes, maxBytes));
    }

    BloomFilter filter() {
        return filter;
    }

    void add(PageBuffer page) {
        for (int i = 0; i < page.count(); i++) {
            filter.insertHash(hash(page, i));
        }
    }

    private long hash(PageBuffer page, int value) {
        return switch (page.leaf().physical()) {
            case BOOLEAN -> throw new IllegalStateException("booleans have no bloom filter");
            case INT -> filter.hash(page.ints[value]);
            case LONG -> filter.hash(page.longs[value]);
            case FLOAT -> filter.hash(Float.intBitsToFloat(page.ints[value]));
            case DOUBLE -> filter.hash(Double.longBitsToDouble(page.longs[value]));
            case BYTES -> hash(page, page.start(value), page.ends[value]);
            case FIXED -> {
                int length = page.leaf().fixedLength();
                yield hash(page, value * length, (value + 1) * length);
            }
        };
    }

    private long hash(PageBuffer page, int start, int end) {
        return filter.hash(Binary.fromConstantByteArray(Arrays.copyOfRange(page.bytes, start, end)));
    }
}
