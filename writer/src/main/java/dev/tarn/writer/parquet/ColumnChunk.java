package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.Utf8;
import dev.tarn.writer.parquet.ColumnEncoder.Compression;
import dev.tarn.writer.parquet.EncodingScratch.EncodedValues;
import dev.tarn.writer.parquet.FinishedPage.Version1;
import dev.tarn.writer.parquet.FinishedPage.Version2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * One leaf column of the row group that a file is filling: the page being filled, and finished pages in memory until the
 * row group is written. Confined to one thread at a time.
 */
final class ColumnChunk {
    /** Rows shredded at once: levels and positions then stay in the processor's cache. */
    private static final int CHUNK_ROWS = 2_048;

    /** Assumed share that compression leaves, before a page has shown it. */
    private static final double FIRST_RATIO = 0.5;

    /** The bits of eight bytes that no ASCII character has. */
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private final LeafColumn leaf;
    private final ParquetFileOptions options;
    private final ColumnSettings settings;
    private final PageBuffer page;

    /**
     * Whether pages are of version 2, whose levels stand uncompressed in front of the values and whose values need not be
     * compressed. Levels below lists and maps are many and compress well, so these columns keep to version 1.
     */
    private final boolean levelsApart;

    private final List<FinishedPage> pages = new ArrayList<>();
    private ColumnEncoder encoder;
    private @Nullable ColumnBloomFilter bloomFilter;
    private long finishedBytes;
    private long finishedRawBytes;

    /**
     * What is special about a column.
     *
     * @param floats counts what Parquet's statistics cannot; only for float and double fields of the table
     */
    record ColumnSettings(
            String name,
            boolean dictionary,
            boolean statistics,
            @Nullable FloatingPointMetrics floats) {}

    ColumnChunk(LeafColumn leaf, ParquetFileOptions options, ColumnSettings settings) {
        this.leaf = leaf;
        this.options = options;
        this.settings = settings;
        this.page = new PageBuffer(leaf);
        this.levelsApart = options.encodings() == ParquetEncodings.MODERN && leaf.maxRepetition() == 0;
        this.encoder = newEncoder();
        this.bloomFilter = ColumnBloomFilter.of(leaf, options.columns(), settings.name());
    }

    /**
     * Adds rows of a batch; pages that fill are encoded at once.
     *
     * @throws TarnException INVALID naming column and row, if a value cannot be written
     */
    void add(LeafBinding binding, RowSlice rows, EncodingScratch scratch) {
        int from = 0;
        while (from < rows.count()) {
            from += addSome(binding, rows, from, scratch);
            if (page.rows() >= options.pageRows() || page.valueBytes() >= options.pageBytes()) {
                endPage(scratch, false);
            }
        }
    }

    /** Ends the last page of the row group. */
    void end(EncodingScratch scratch) {
        if (page.rows() > 0) {
            endPage(scratch, pages.isEmpty());
        }
    }

    /** Writes everything and becomes empty. {@link #end} must have been called. */
    void writeTo(ParquetFileWriter file) throws IOException {
        long slots = 0;
        for (FinishedPage finished : pages) {
            slots += finished.slots();
        }
        file.startColumn(leaf.descriptor(), slots, options.codec());
        Dictionary dictionary = encoder.dictionary();
        if (dictionary != null) {
            writeDictionary(dictionary, file);
        }
        for (FinishedPage finished : pages) {
            finished.writeTo(file);
        }
        file.endColumn();
        ColumnBloomFilter filter = bloomFilter;
        if (filter != null) {
            file.addBloomFilter(String.join(".", leaf.descriptor().getPath()), filter.filter());
        }
        pages.clear();
        page.release();
        finishedBytes = 0;
        finishedRawBytes = 0;
        encoder = newEncoder();
        bloomFilter = ColumnBloomFilter.of(leaf, options.columns(), settings.name());
    }

    /** About how much work the column has been in this row group, to let the largest begin first. */
    long work() {
        return finishedRawBytes;
    }

    /** Memory that is held, in bytes. */
    long bufferedBytes() {
        ColumnBloomFilter filter = bloomFilter;
        long filterBytes = filter == null ? 0 : filter.filter().getBitsetSize();
        return finishedBytes + page.allocatedBytes() + encoder.allocatedBytes() + filterBytes;
    }

    /** About how long the column would be if the row group ended now, in bytes. */
    long estimatedBytes() {
        double ratio = finishedRawBytes == 0 ? FIRST_RATIO : (double) finishedBytes / finishedRawBytes;
        Dictionary dictionary = encoder.dictionary();
        long entries = dictionary == null ? 0 : dictionary.plainBytes() / 2;
        return finishedBytes + (long) (page.valueBytes() * Math.min(1, ratio)) + entries;
    }

    private ColumnEncoder newEncoder() {
        Compression compression = levelsApart ? Compression.VALUES : Compression.TRIALS;
        return new ColumnEncoder(leaf, options, compression, settings.dictionary());
    }

    private int addSome(LeafBinding binding, RowSlice rows, int from, EncodingScratch scratch) {
        Shredding shredding = scratch.shredding;
        int count = Math.min(Math.min(CHUNK_ROWS, rows.count() - from), options.pageRows() - page.rows());
        while (true) {
            binding.shred(rows, from, count, shredding);
            // Long values end the page early, so that it overshoots its size by one row at most.
            if (count == 1 || bytes(binding, shredding) <= options.pageBytes()) {
                break;
            }
            count /= 2;
        }
        int firstByte = page.byteCount;
        int firstValue = page.count();
        page.addLevels(shredding, count);
        int values = shredding.values();
        if (values == 0) {
            return count;
        }
        if (shredding.isRange()) {
            binding.source().addRange(shredding.first(), values, page);
        } else {
            binding.source().addAt(shredding.positions(), values, page);
        }
        if (leaf.type().typeId() == Type.TypeID.STRING && !isAscii(page.bytes, firstByte, page.byteCount)) {
            checkUtf8(firstValue, rows, from, shredding);
        }
        return count;
    }

    private static long bytes(LeafBinding binding, Shredding shredding) {
        int values = shredding.values();
        if (values == 0) {
            return 0;
        }
        return shredding.isRange()
                ? binding.source().rangeBytes(shredding.first(), values)
                : binding.source().bytesAt(shredding.positions(), values);
    }

    /** Whether all bytes are below 128, which is most text: then values need no check of their own. */
    private static boolean isAscii(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            if (((long) ByteSink.LONGS.get(bytes, i) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private void checkUtf8(int firstValue, RowSlice rows, int from, Shredding shredding) {
        for (int value = firstValue; value < page.count(); value++) {
            if (!Utf8.isValid(page.bytes, page.start(value), page.ends[value])) {
                int slot = shredding.slotOf(value - firstValue);
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' expects text in UTF-8 but the batch holds other bytes in row %d"
                                .formatted(leaf.name(), rows.row(from + shredding.rowOf(slot))));
            }
        }
    }

    private void endPage(EncodingScratch scratch, boolean onlyPage) {
        encoder.encode(page, scratch, onlyPage);
        ColumnBloomFilter filter = bloomFilter;
        if (filter != null) {
            filter.add(page);
        }
        Statistics<?> statistics = statistics(scratch);
        FinishedPage finished = new FinishedPage(
                page,
                scratch.best.encoding,
                levelsApart ? version2(scratch) : version1(scratch),
                statistics,
                PageStatistics.sizes(page));
        pages.add(finished);
        finishedBytes += finished.length();
        finishedRawBytes += finished.rawLength();
        page.clear();
    }

    private Statistics<?> statistics(EncodingScratch scratch) {
        if (!settings.statistics()) {
            return PageStatistics.none(page, settings.floats());
        }
        // Where values repeat much it is quicker to compare the distinct ones.
        if (scratch.indexed
                && leaf.physical() == Physical.BYTES
                && encoder.dictionary() instanceof BytesDictionary dictionary
                && dictionary.size() * 4 < page.count()) {
            return PageStatistics.ofIndexed(page, dictionary, scratch.numbers(page.count()));
        }
        return PageStatistics.of(page, settings.floats());
    }

    private Version2 version2(EncodingScratch scratch) {
        ByteSink out = scratch.levels;
        out.clear();
        if (leaf.maxRepetition() > 0) {
            encodeRepetition(out);
        }
        int repetitionBytes = out.size();
        if (leaf.maxDefinition() > 0) {
            encodeDefinition(out);
        }
        int definitionBytes = out.size() - repetitionBytes;
        EncodedValues values = scratch.best;
        ByteSink stored = values.compressed ? values.packed : values.raw;
        out.put(stored.array(), 0, stored.size());
        return new Version2(out.toByteArray(), repetitionBytes, definitionBytes, values.raw.size(), values.compressed);
    }

    private Version1 version1(EncodingScratch scratch) {
        ByteSink out = scratch.levels;
        out.clear();
        if (leaf.maxRepetition() > 0) {
            int at = out.size();
            out.putInt(0);
            encodeRepetition(out);
            out.setInt(at, out.size() - at - 4);
        }
        if (leaf.maxDefinition() > 0) {
            int at = out.size();
            out.putInt(0);
            encodeDefinition(out);
            out.setInt(at, out.size() - at - 4);
        }
        out.put(scratch.best.raw.array(), 0, scratch.best.raw.size());
        scratch.codec(options).compress(out.array(), 0, out.size(), scratch.best.packed);
        return new Version1(scratch.best.packed.toByteArray(), out.size());
    }

    private void encodeRepetition(ByteSink out) {
        HybridRuns.encode(page.repetition(), page.slots(), HybridRuns.bitWidth(leaf.maxRepetition()), out);
    }

    private void encodeDefinition(ByteSink out) {
        int bitWidth = HybridRuns.bitWidth(leaf.maxDefinition());
        if (page.allDefined()) {
            HybridRuns.encodeRun(leaf.maxDefinition(), page.slots(), bitWidth, out);
        } else {
            HybridRuns.encode(page.definition(), page.slots(), bitWidth, out);
        }
    }

    private void writeDictionary(Dictionary dictionary, ParquetFileWriter file) throws IOException {
        ByteSink raw = new ByteSink();
        dictionary.encode(raw);
        ByteSink packed = new ByteSink();
        try (PageCodec codec = PageCodec.of(options.codec(), options.codecLevel())) {
            codec.compress(raw.array(), 0, raw.size(), packed);
        }
        file.writeDictionaryPage(new DictionaryPage(
                BytesInput.from(packed.array(), 0, packed.size()),
                raw.size(),
                dictionary.size(),
                options.encodings().dictionaryEntries()));
    }
}
