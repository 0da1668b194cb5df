package dev.tarn.writer.parquet;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;

/** A page that is encoded and compressed and waits for its row group to be written. Immutable. */
final class FinishedPage {
    private final int rows;
    private final int slots;
    private final int nulls;
    private final Encoding encoding;
    private final Body body;
    private final Statistics<?> statistics;
    private final SizeStatistics sizes;

    FinishedPage(PageBuffer page, Encoding encoding, Body body, Statistics<?> statistics, SizeStatistics sizes) {
        this.rows = page.rows();
        this.slots = page.slots();
        this.nulls = page.slots() - page.count();
        this.encoding = encoding;
        this.body = body;
        this.statistics = statistics;
        this.sizes = sizes;
    }

    /** The bytes of a page and how they are to be described. */
    interface Body {
        int length();

        /** Length before compression, without the levels of version 2 pages. */
        int rawLength();
    }

    /** Levels uncompressed in front of the values. */
    static final class Version2 implements Body {
        private final byte[] bytes;
        private final int repetitionBytes;
        private final int definitionBytes;
        private final int rawLength;
        private final boolean compressed;

        Version2(byte[] bytes, int repetitionBytes, int definitionBytes, int rawLength, boolean compressed) {
            this.bytes = bytes;
            this.repetitionBytes = repetitionBytes;
            this.definitionBytes = definitionBytes;
            this.rawLength = rawLength;
            this.compressed = compressed;
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public int rawLength() {
            return rawLength;
        }
    }

    /** Levels and values compressed together. */
    static final class Version1 implements Body {
        private final byte[] bytes;
        private final int rawLength;

        Version1(byte[] bytes, int rawLength) {
            this.bytes = bytes;
            this.rawLength = rawLength;
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public int rawLength() {
            return rawLength;
        }
    }

    int slots() {
        return slots;
    }

    int length() {
        return body.length();
    }

    int rawLength() {
        return body.rawLength();
    }

    @SuppressWarnings("NullAway") // parquet-java takes null for pages that are not encrypted.
    void writeTo(ParquetFileWriter file) throws IOException {
        if (body instanceof Version2 page) {
            int levels = page.repetitionBytes + page.definitionBytes;
            file.writeDataPageV2(
                    rows,
                    nulls,
                    slots,
                    BytesInput.from(page.bytes, 0, page.repetitionBytes),
                    BytesInput.from(page.bytes, page.repetitionBytes, page.definitionBytes),
                    encoding,
                    BytesInput.from(page.bytes, levels, page.bytes.length - levels),
                    page.compressed,
                    page.rawLength,
                    statistics,
                    null,
                    null,
                    sizes);
        } else if (body instanceof Version1 page) {
            file.writeDataPage(
                    slots,
                    page.rawLength,
                    BytesInput.from(page.bytes),
                    statistics,
                    rows,
                    Encoding.RLE,
                    Encoding.RLE,
                    encoding,
                    null,
                    null,
                    sizes);
        }
    }
}
