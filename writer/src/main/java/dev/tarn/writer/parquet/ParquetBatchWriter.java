package dev.tarn.writer.parquet;

import dev.tarn.common.Closer;
import dev.tarn.common.TarnException;
import dev.tarn.writer.parquet.LeafEncoder.Leaf;
import dev.tarn.writer.variant.VariantLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes Arrow batches into one Parquet file with Iceberg's field ids, column by column. Columns are matched by name; one
 * that a batch leaves out becomes its write-default or null. Not thread-safe. Whoever opens it closes it; closing before
 * {@link #finish} leaves an unusable file that the caller deletes.
 */
public final class ParquetBatchWriter implements AutoCloseable {
    /** Rows fed to all columns before pages may end; small enough that a page overshoots its size by little. */
    private static final int CHUNK_ROWS = 2_048;

    private static final String SCHEMA_KEY = "iceberg.schema";

    private final String location;
    private final Schema schema;
    private final ParquetFileOptions options;
    private final VariantLayout layout;
    private final MessageType parquetSchema;
    private final List<Leaf> leaves;
    private final ParquetProperties properties;
    private final BytesInputCompressor compressor;
    private final ParquetFileWriter file;
    private RowGroup rowGroup;
    private long rows;
    private long rowsInGroup;
    private @Nullable WrittenFile written;
    private boolean closed;

    /** What is being filled; replaced as a whole when it ends. */
    private record RowGroup(ColumnChunkPageWriteStore pages, ColumnWriteStore store, List<ColumnWriter> columns) {}

    private ParquetBatchWriter(OutputFile output, Schema schema, ParquetFileOptions options) throws IOException {
        this.location = output.location();
        this.schema = schema;
        this.options = options;
        this.layout = VariantLayout.unshredded(schema);
        this.parquetSchema = layout.parquetSchema();
        this.leaves = ColumnShredder.leaves(layout.columns());
        this.properties = ParquetProperties.builder()
                .withPageSize(options.pageBytes())
                .withPageRowCountLimit(options.pageRows())
                .withDictionaryPageSize(options.dictionaryBytes())
                .build();
        this.compressor = compressor(options);
        this.file = new ParquetFileWriter(
                new ParquetOutput(output),
                parquetSchema,
                ParquetFileWriter.Mode.CREATE,
                options.rowGroupBytes(),
                0,
                noEncryption(),
                properties);
        file.start();
        this.rowGroup = newRowGroup();
    }

    /**
     * Begins a file that does not exist yet.
     */
    public static ParquetBatchWriter open(OutputFile output, Schema schema, ParquetFileOptions options) {
        try {
            return new ParquetBatchWriter(output, schema, options);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot begin " + output.location(), e);
        }
    }

    /**
     * Appends all rows of a batch. The batch stays the caller's.
     *
     * @throws TarnException INVALID naming the column, if a vector does not fit or a required value is null
     */
    public void write(VectorSchemaRoot batch) {
        int[] all = new int[batch.getRowCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        write(batch, all, all.length);
    }

    /**
     * Appends chosen rows of a batch, in the order given. The batch stays the caller's.
     *
     * @param selected row numbers, of which the first {@code count} are taken
     * @throws TarnException INVALID naming the column, if a vector does not fit or a required value is null
     */
    public void write(VectorSchemaRoot batch, int[] selected, int count) {
        List<ColumnShredder> shredders = shredders(batch);
        for (int from = 0; from < count; from += CHUNK_ROWS) {
            int to = Math.min(from + CHUNK_ROWS, count);
            for (int column = 0; column < shredders.size(); column++) {
                ColumnShredder shredder = shredders.get(column);
                ColumnWriter out = rowGroup.columns().get(column);
                for (int i = from; i < to; i++) {
                    shredder.write(out, selected[i]);
                }
            }
            for (int i = from; i < to; i++) {
                // Pages end in here, so it must be called once for each row although the columns are already fed.
                rowGroup.store().endRecord();
            }
            rows += to - from;
            rowsInGroup += to - from;
            if (bufferedBytes() >= options.rowGroupBytes()) {
                flushRowGroup();
            }
        }
    }

    /** Rows written so far. */
    public long rows() {
        return rows;
    }

    /** Bytes of the row group being filled that are still in memory; finished pages count compressed. */
    public long bufferedBytes() {
        return rowGroup.store().getBufferedSize();
    }

    /** About how long the file would be if it were finished now, in bytes. */
    public long estimatedBytes() {
        return position() + (rowsInGroup == 0 ? 0 : bufferedBytes());
    }

    /** Ends the row group, which frees its memory. */
    public void flushRowGroup() {
        if (rowsInGroup == 0) {
            return;
        }
        try {
            file.startBlock(rowsInGroup);
            rowGroup.store().flush();
            rowGroup.pages().flushToFileWriter(file);
            file.endBlock();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + location, e);
        }
        closeRowGroup();
        rowsInGroup = 0;
        rowGroup = newRowGroup();
    }

    /** Writes the footer and closes the file. */
    public WrittenFile finish() {
        WrittenFile done = written;
        if (done != null) {
            return done;
        }
        flushRowGroup();
        try {
            file.end(Map.of(SCHEMA_KEY, SchemaParser.toJson(schema)));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot finish " + location, e);
        }
        long bytes = position();
        Stream<FieldMetrics<?>> floats =
                leaves.stream().map(Leaf::metrics).filter(Objects::nonNull).map(FloatingPointMetrics::toFieldMetrics);
        WrittenFile result = new WrittenFile(
                location,
                bytes,
                ParquetUtil.footerMetrics(file.getFooter(), floats, options.metrics()),
                ParquetUtil.getSplitOffsets(file.getFooter()));
        written = result;
        close();
        return result;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (Closer closer = new Closer()) {
            closer.register(compressor::release);
            closer.register(file);
            closer.register(this::closeRowGroup);
        }
    }

    private List<ColumnShredder> shredders(VectorSchemaRoot batch) {
        List<ColumnShredder> shredders = new ArrayList<>(leaves.size());
        for (Types.NestedField column : layout.columns()) {
            FieldVector vector = batch.getVector(column.name());
            shredders.addAll(ColumnShredder.of(column, vector, leaves, shredders.size()));
        }
        return shredders;
    }

    private long position() {
        try {
            return file.getPos();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the position in " + location, e);
        }
    }

    private RowGroup newRowGroup() {
        ColumnChunkPageWriteStore pages = new ColumnChunkPageWriteStore(
                compressor,
                parquetSchema,
                properties.getAllocator(),
                properties.getColumnIndexTruncateLength(),
                properties.getPageWriteChecksumEnabled());
        ColumnWriteStore store = properties.newColumnWriteStore(parquetSchema, pages);
        List<ColumnWriter> columns = new ArrayList<>();
        for (ColumnDescriptor column : parquetSchema.getColumns()) {
            columns.add(store.getColumnWriter(column));
        }
        return new RowGroup(pages, store, columns);
    }

    private void closeRowGroup() {
        rowGroup.store().close();
        rowGroup.pages().close();
    }

    private static BytesInputCompressor compressor(ParquetFileOptions options) {
        if (options.codec() == CompressionCodecName.ZSTD) {
            return new ZstdPages(options.codecLevel());
        }
        return new CodecFactory(new PlainParquetConfiguration(), options.pageBytes()).getCompressor(options.codec());
    }

    @SuppressWarnings("NullAway") // parquet-java takes null for a file that is not encrypted.
    private static FileEncryptionProperties noEncryption() {
        return null;
    }
}
