package dev.tarn.writer.parquet;

import dev.tarn.writer.parquet.EncodingScratch.EncodedValues;
import java.util.List;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the encoding of one column in one row group and applies it to its pages. The first page with values is encoded
 * in every way that may pay, and compressed, and the cheapest is kept. A dictionary is given up as soon as it grows past
 * its limit or mostly by new values; the pages that it encoded stay. Confined to one thread at a time.
 */
final class ColumnEncoder {
    /** Pages between two looks at whether another encoding without dictionary has become better. */
    private static final int PAGES_BETWEEN_TRIALS = 64;

    /** Pages in a row that compression must fail to shrink before it is left out for a while. */
    private static final int FUTILE_PAGES = 3;

    /** Pages that are then left uncompressed before the next attempt. */
    private static final int PAGES_WITHOUT_CODEC = 12;

    private final LeafColumn leaf;
    private final ParquetFileOptions options;
    private final Compression compression;
    private @Nullable Dictionary dictionary;
    private boolean dictionaryOpen;
    private Encoding plain = Encoding.PLAIN;
    private boolean chosen;
    private int pagesUntilTrial = PAGES_BETWEEN_TRIALS;
    private int futilePages;
    private int pagesWithoutCodec;

    /** What is compressed here. */
    enum Compression {
        /** The values of every page. */
        VALUES,
        /** Only what has to be compared; levels and values are compressed together later. */
        TRIALS
    }

    ColumnEncoder(LeafColumn leaf, ParquetFileOptions options, Compression compression, boolean dictionaryAllowed) {
        this.leaf = leaf;
        this.options = options;
        this.compression = compression;
        this.dictionaryOpen = dictionaryAllowed && leaf.physical() != Physical.BOOLEAN;
    }

    /** The dictionary that pages refer to, if any does. */
    @Nullable
    Dictionary dictionary() {
        return dictionary;
    }

    long allocatedBytes() {
        Dictionary current = dictionary;
        return current == null ? 0 : current.allocatedBytes();
    }

    /**
     * Encodes the values of a page into {@code scratch.best}, compressed if that is done here.
     *
     * @param lastPage whether the row group ends with this page
     */
    void encode(PageBuffer page, EncodingScratch scratch, boolean lastPage) {
        scratch.indexed = false;
        if (page.count() == 0) {
            encodeNothing(scratch.best);
            return;
        }
        if (!chosen) {
            chosen = true;
            choose(page, scratch, lastPage);
            return;
        }
        Dictionary current = dictionary;
        if (current != null && dictionaryOpen) {
            if (encodeWithDictionary(current, page, scratch)) {
                return;
            }
            dictionaryOpen = false;
            pagesUntilTrial = 0;
        }
        if (pagesUntilTrial-- <= 0) {
            pagesUntilTrial = PAGES_BETWEEN_TRIALS;
            choosePlain(page, scratch, Long.MAX_VALUE);
            return;
        }
        ValueEncodings.encode(page, plain, scratch, scratch.best);
        compressFinal(scratch);
    }

    private void encodeNothing(EncodedValues out) {
        out.raw.clear();
        out.compressed = false;
        // Without a single value there is nothing for the other encodings' headers to describe.
        out.encoding = Encoding.PLAIN;
        if (dictionary != null && dictionaryOpen) {
            out.encoding = options.encodings().dictionaryIndexes();
            out.raw.put(0);
        }
    }

    private void choose(PageBuffer page, EncodingScratch scratch, boolean lastPage) {
        long cost = Long.MAX_VALUE;
        Dictionary tried = dictionaryOpen ? tryDictionary(page, scratch) : null;
        if (tried != null) {
            cost = cost(scratch.best) + dictionaryCost(tried, page, scratch, lastPage);
        }
        boolean keepsDictionary = choosePlain(page, scratch, cost) && tried != null;
        dictionary = keepsDictionary ? tried : null;
        dictionaryOpen = keepsDictionary;
    }

    /** Finds the cheapest encoding without dictionary, and whether it costs no less than what {@code best} already holds. */
    private boolean choosePlain(PageBuffer page, EncodingScratch scratch, long costOfBest) {
        List<Encoding> candidates = ValueEncodings.candidates(page, options.encodings());
        long least = costOfBest;
        boolean kept = true;
        long leastPlain = Long.MAX_VALUE;
        for (Encoding candidate : candidates) {
            ValueEncodings.encode(page, candidate, scratch, scratch.trial);
            compress(scratch.trial, scratch);
            long cost = cost(scratch.trial);
            if (cost < leastPlain) {
                leastPlain = cost;
                plain = candidate;
            }
            if (cost < least) {
                least = cost;
                kept = false;
                scratch.keepTrial();
            }
        }
        return kept;
    }

    /** Compressed bytes, and a little for bytes that codecs of writer and reader have to pass through. */
    private static long cost(EncodedValues values) {
        return (long) values.size() + values.raw.size() / 16;
    }

    /** Fills a dictionary from the page into {@code best}, or gives up if most values are new. */
    private @Nullable Dictionary tryDictionary(PageBuffer page, EncodingScratch scratch) {
        int count = page.count();
        Dictionary tried = Dictionary.of(leaf);
        int[] indexes = scratch.numbers(count);
        int probe = Math.min(count, Math.max(1_024, count / 8));
        tried.index(page, 0, probe, indexes);
        if (tried.size() > probe - probe / 10) {
            return null;
        }
        tried.index(page, probe, count, indexes);
        if (tried.size() > count / 2 || tried.plainBytes() > options.dictionaryBytes()) {
            return null;
        }
        encodeIndexes(tried, indexes, count, scratch);
        compress(scratch.best, scratch);
        return tried;
    }

    /** What the dictionary itself costs for this page: all of it for the only page, else what a page like this one adds. */
    private long dictionaryCost(Dictionary tried, PageBuffer page, EncodingScratch scratch, boolean lastPage) {
        EncodedValues entries = scratch.trial;
        entries.raw.clear();
        tried.encode(entries.raw);
        compress(entries, scratch);
        if (lastPage) {
            return entries.size();
        }
        int count = page.count();
        int[] indexes = scratch.numbers(count);
        int known = 0;
        for (int i = 0; i < count / 2; i++) {
            known = Math.max(known, indexes[i] + 1);
        }
        return 2L * entries.size() * (tried.size() - known) / tried.size();
    }

    private boolean encodeWithDictionary(Dictionary current, PageBuffer page, EncodingScratch scratch) {
        int count = page.count();
        int before = current.size();
        int[] indexes = scratch.numbers(count);
        current.index(page, 0, count, indexes);
        if (current.plainBytes() > options.dictionaryBytes() || current.size() - before > count / 2) {
            current.truncate(before);
            return false;
        }
        encodeIndexes(current, indexes, count, scratch);
        scratch.indexed = true;
        compressFinal(scratch);
        return true;
    }

    private void encodeIndexes(Dictionary current, int[] indexes, int count, EncodingScratch scratch) {
        EncodedValues out = scratch.best;
        out.raw.clear();
        out.encoding = options.encodings().dictionaryIndexes();
        int bitWidth = HybridRuns.bitWidth(current.size() - 1);
        out.raw.put(bitWidth);
        HybridRuns.encode(indexes, count, bitWidth, out.raw);
    }

    /** Compresses what needs no comparison, unless it is to be compressed together with the levels. */
    private void compressFinal(EncodingScratch scratch) {
        if (compression == Compression.VALUES) {
            compress(scratch.best, scratch);
        }
    }

    private void compress(EncodedValues values, EncodingScratch scratch) {
        values.compressed = false;
        if (options.codec() == CompressionCodecName.UNCOMPRESSED || values.raw.size() == 0) {
            return;
        }
        if (pagesWithoutCodec > 0) {
            pagesWithoutCodec--;
            return;
        }
        scratch.codec(options).compress(values.raw.array(), 0, values.raw.size(), values.packed);
        values.compressed = values.packed.size() < values.raw.size() - values.raw.size() / 32;
        if (values.compressed) {
            futilePages = 0;
        } else if (++futilePages >= FUTILE_PAGES && chosen && pagesUntilTrial > PAGES_WITHOUT_CODEC) {
            futilePages = 0;
            pagesWithoutCodec = PAGES_WITHOUT_CODEC;
        }
    }
}
