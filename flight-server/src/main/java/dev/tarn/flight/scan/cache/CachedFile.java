package dev.tarn.flight.scan.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.flight.scan.cache.ByteRanges.Range;
import dev.tarn.storage.LocalFileIO;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * The local copy of one Parquet file: whole, or of full length with only the footer and the column chunks that were wanted,
 * the rest being holes. Thread-safe: one thread fills at a time, and what is there never changes.
 */
final class CachedFile {
    /** Files up to this are fetched whole: one request, and little to save. */
    static final long WHOLE_BYTES = 1024 * 1024;

    /** The end of the file that is fetched first; holds the footer of nearly every file. */
    private static final int TAIL_BYTES = 128 * 1024;

    /** Footer length and magic number. */
    private static final int TRAILER_BYTES = 8;

    private static final int BLOCK_BYTES = 1024 * 1024;

    final String location;
    final Path path;
    private final long length;

    /** Statements that use the file; guarded by the cache. */
    int users;

    /** Bytes on disk; guarded by the cache. */
    long bytes;

    @GuardedBy("this")
    private final ByteRanges present = new ByteRanges();

    @GuardedBy("this")
    private @Nullable List<Chunk> chunks;

    /** A stretch of the file that belongs to a column; field id -1 where the column has none. */
    private record Chunk(int fieldId, Range range) {}

    CachedFile(String location, Path path, long length) {
        this.location = location;
        this.path = path;
        this.length = length;
    }

    /**
     * Makes columns present.
     *
     * @param fieldIds of top-level columns; null for the whole file
     * @param reserve told how many bytes more are about to be stored; throws if there is no room
     */
    synchronized void fill(FileIO io, @Nullable Set<Integer> fieldIds, LongConsumer reserve) throws IOException {
        Range whole = new Range(0, length);
        if (present.covers(whole) || link(reserve)) {
            return;
        }
        try (SeekableInputStream in = io.newInputFile(location, length).newStream();
                RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
            out.setLength(length);
            if (fieldIds == null || length <= WHOLE_BYTES) {
                fetch(List.of(whole), in, out, reserve);
                return;
            }
            List<Chunk> known = chunks;
            if (known == null) {
                fetchFooter(in, out, reserve);
                known = readChunks();
                chunks = known;
            }
            boolean mapped = known.stream().allMatch(chunk -> chunk.fieldId() >= 0);
            List<Range> wanted = known.stream()
                    .filter(chunk -> fieldIds.contains(chunk.fieldId()))
                    .map(Chunk::range)
                    .toList();
            fetch(mapped ? wanted : List.of(whole), in, out, reserve);
        }
    }

    @GuardedBy("this")
    private boolean link(LongConsumer reserve) throws IOException {
        if (!location.startsWith("/") && !location.startsWith("file:")) {
            return false;
        }
        Path original = LocalFileIO.toPath(location);
        if (!Files.exists(original)) {
            return false; // The read that follows says so with the right error.
        }
        reserve.accept(length);
        try {
            Files.createLink(path, original.toRealPath());
            present.add(new Range(0, length));
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            reserve.accept(-length);
            return false; // Another disk: copied instead.
        }
    }

    @GuardedBy("this")
    private void fetchFooter(SeekableInputStream in, RandomAccessFile out, LongConsumer reserve) throws IOException {
        fetch(List.of(new Range(Math.max(0, length - TAIL_BYTES), length)), in, out, reserve);
        byte[] trailer = new byte[TRAILER_BYTES];
        out.seek(length - TRAILER_BYTES);
        out.readFully(trailer);
        int footerBytes =
                ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN).getInt();
        long start = length - TRAILER_BYTES - footerBytes;
        if (footerBytes < 0 || start < 0) {
            throw new IOException("The file has no Parquet footer: " + location);
        }
        // The engine looks at the first bytes, too, to recognise the format.
        fetch(List.of(new Range(0, TRAILER_BYTES), new Range(start, length)), in, out, reserve);
    }

    private List<Chunk> readChunks() throws IOException {
        ParquetReadOptions options =
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(path), options)) {
            MessageType schema = reader.getFileMetaData().getSchema();
            List<Chunk> found = new ArrayList<>();
            for (BlockMetaData rowGroup : reader.getFooter().getBlocks()) {
                for (ColumnChunkMetaData column : rowGroup.getColumns()) {
                    var id = schema.getType(column.getPath().toArray()[0]).getId();
                    int fieldId = id == null ? -1 : id.intValue();
                    long start = column.getStartingPos();
                    found.add(new Chunk(fieldId, new Range(start, start + column.getTotalSize())));
                    found.add(new Chunk(fieldId, bloomFilter(column)));
                }
            }
            return List.copyOf(found);
        }
    }

    /** Where a bloom filter says not how long it is, all that follows is taken. */
    private Range bloomFilter(ColumnChunkMetaData column) {
        long start = column.getBloomFilterOffset();
        if (start < 0) {
            return new Range(0, 0);
        }
        int filterBytes = column.getBloomFilterLength();
        return new Range(start, filterBytes > 0 ? start + filterBytes : length);
    }

    @GuardedBy("this")
    private void fetch(List<Range> wanted, SeekableInputStream in, RandomAccessFile out, LongConsumer reserve)
            throws IOException {
        for (Range range : present.missing(wanted)) {
            long more = present.missingBytes(range);
            reserve.accept(more);
            try {
                copy(range, in, out);
            } catch (IOException | RuntimeException e) {
                reserve.accept(-more);
                throw e;
            }
            present.add(range);
        }
    }

    private static void copy(Range range, SeekableInputStream in, RandomAccessFile out) throws IOException {
        byte[] block = new byte[(int) Math.min(BLOCK_BYTES, range.length())];
        in.seek(range.start());
        out.seek(range.start());
        long left = range.length();
        while (left > 0) {
            int count = in.read(block, 0, (int) Math.min(block.length, left));
            if (count < 0) {
                throw new IOException("The file ends %d bytes too early".formatted(left));
            }
            out.write(block, 0, count);
            left -= count;
        }
    }
}
