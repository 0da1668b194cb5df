package dev.tarn.writer.parquet;

import dev.tarn.common.TarnException;
import dev.tarn.writer.parquet.ColumnChunk.ColumnSettings;
import dev.tarn.writer.variant.VariantLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes Arrow batches into one Parquet file with Iceberg's field ids, column by column. Columns are matched by name; one
 * that a batch leaves out becomes its write-default or null. Columns are encoded at the same time by threads that all files
 * share; the bytes do not depend on how many. Not thread-safe. Whoever opens it closes it; closing before
 * {@link #finish} leaves an unusable file that the caller deletes.
 */
public final class ParquetBatchWriter implements AutoCloseable {
    /** Rows that all columns take before the size of the row group is looked at. */
    private static final int SLICE_ROWS = 32_768;

    /** Rows taken at least, so that looking costs nothing; and first, when the length of a row is not known. */
    private static final int FIRST_SLICE_ROWS = 1_024;

    /** Values below which waking another thread costs more than it saves. */
    private static final long PARALLEL_VALUES = 16_384;

    private static final String SCHEMA_KEY = "iceberg.schema";

    private final OutputFile output;
    private final String location;
    private final Schema schema;
    private final ParquetFileOptions options;
    private final List<FloatingPointMetrics> floats = new ArrayList<>();
    private final List<ColumnChunk> columns = new ArrayList<>();
    private List<LeafColumn> leaves = List.of();

    /** Absent until the layout of the variants is known. */
    private @Nullable VariantLayout layout;

    private @Nullable ParquetFileWriter file;
    private long rows;
    private long rowsInGroup;
    private @Nullable WrittenFile written;
    private boolean failed;
    private boolean closed;

    private ParquetBatchWriter(OutputFile output, Schema schema, ParquetFileOptions options) {
        this.output = output;
        this.location = output.location();
        this.schema = schema;
        this.options = options;
    }

    /**
     * Begins a file that does not exist yet. Where variants are to be shredded it is made with the first rows, which decide
     * how.
     *
     * @throws TarnException INVALID naming the property, if a setting of a column cannot be used
     */
    public static ParquetBatchWriter open(OutputFile output, Schema schema, ParquetFileOptions options) {
        ParquetBatchWriter writer = new ParquetBatchWriter(output, schema, options);
        boolean shreds = options.shreddingSampleRows() > 0
                && schema.columns().stream().anyMatch(column -> column.type().isVariantType());
        if (shreds) {
            return writer;
        }
        boolean begun = false;
        try {
            writer.begin(VariantLayout.unshredded(schema));
            begun = true;
        } finally {
            if (!begun) {
                writer.close();
            }
        }
        return writer;
    }

    /**
     * Appends all rows of a batch. The batch stays the caller's. After an exception nothing more can be written.
     *
     * @throws TarnException INVALID naming the column, if a vector does not fit or a value cannot be written
     */
    public void write(VectorSchemaRoot batch) {
        VariantLayout variants = layout;
        if (variants == null || variants.rewritesVectors()) {
            // Shredding rewrites some rows of a batch, so it needs their numbers.
            int[] all = new int[batch.getRowCount()];
            Arrays.setAll(all, row -> row);
            write(batch, all, all.length);
            return;
        }
        try (VariantLayout.Columns vectors = variants.open(batch, new int[0], 0)) {
            write(vectors, batch.getRowCount(), RowSlice::range);
        }
    }

    /**
     * Appends chosen rows of a batch, in the order given. The batch stays the caller's. After an exception nothing more
     * can be written.
     *
     * @param selected row numbers, of which the first {@code count} are taken
     * @throws TarnException INVALID naming the column, if a vector does not fit or a value cannot be written
     */
    public void write(VectorSchemaRoot batch, int[] selected, int count) {
        if (count == 0) {
            return;
        }
        VariantLayout variants = layout;
        if (variants == null) {
            variants = VariantLayout.sampled(schema, batch, selected, count, options.shreddingSampleRows());
            begin(variants);
        }
        try (VariantLayout.Columns vectors = variants.open(batch, selected, count)) {
            write(vectors, count, (from, length) -> RowSlice.of(selected, from, length));
        }
    }

    /** Rows written so far. */
    public long rows() {
        return rows;
    }

    /** Memory that the row group being filled holds, in bytes; finished pages count compressed. */
    public long bufferedBytes() {
        long bytes = 0;
        for (ColumnChunk column : columns) {
            bytes += column.bufferedBytes();
        }
        return bytes;
    }

    /** About how long the file would be if it were finished now, in bytes. */
    public long estimatedBytes() {
        return position() + estimatedGroupBytes();
    }

    /** Ends the row group, which frees its memory. */
    public void flushRowGroup() {
        requireUsable();
        if (rowsInGroup == 0) {
            return;
        }
        failed = true;
        ColumnTasks.run(
                options.threads(),
                largestFirst(),
                (column, scratch) -> columns.get(column).end(scratch));
        ParquetFileWriter opened = file();
        try {
            opened.startBlock(rowsInGroup);
            for (ColumnChunk column : columns) {
                column.writeTo(opened);
            }
            opened.endBlock();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + location, e);
        }
        rowsInGroup = 0;
        failed = false;
    }

    /** Writes the footer and closes the file. */
    public WrittenFile finish() {
        WrittenFile done = written;
        if (done != null) {
            return done;
        }
        flushRowGroup();
        failed = true;
        if (file == null) {
            begin(VariantLayout.unshredded(schema));
        }
        ParquetFileWriter opened = file();
        try {
            opened.end(Map.of(SCHEMA_KEY, SchemaParser.toJson(schema)));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot finish " + location, e);
        }
        long bytes = position();
        Stream<FieldMetrics<?>> counted = floats.stream().map(FloatingPointMetrics::toFieldMetrics);
        WrittenFile result = new WrittenFile(
                location,
                bytes,
                ParquetUtil.footerMetrics(opened.getFooter(), counted, options.metrics()),
                ParquetUtil.getSplitOffsets(opened.getFooter()));
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
        columns.clear();
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + location, e);
        }
    }

    /** Makes the slice of a batch with some rows, counted as the caller chose them. */
    @FunctionalInterface
    private interface Slices {
        RowSlice slice(int from, int count);
    }

    private void begin(VariantLayout variants) {
        leaves = LeafColumn.of(variants.columns(), variants.parquetSchema());
        for (LeafColumn leaf : leaves) {
            columns.add(new ColumnChunk(leaf, options, settings(leaf)));
        }
        try {
            ParquetFileWriter opened = new ParquetFileWriter(
                    new ParquetOutput(output),
                    variants.parquetSchema(),
                    ParquetFileWriter.Mode.CREATE,
                    options.rowGroupBytes(),
                    0,
                    noEncryption(),
                    ParquetProperties.builder().build());
            file = opened;
            opened.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot begin " + location, e);
        }
        layout = variants;
    }

    private ParquetFileWriter file() {
        ParquetFileWriter opened = file;
        if (opened == null) {
            throw new IllegalStateException("Nothing was written to " + location);
        }
        return opened;
    }

    private void write(VariantLayout.Columns batch, int count, Slices slices) {
        requireUsable();
        // Until every column has taken its values, columns may differ in rows.
        failed = true;
        List<LeafBinding> bindings = new ArrayList<>(leaves.size());
        for (LeafColumn leaf : leaves) {
            bindings.add(LeafBinding.of(leaf, batch));
        }
        int from = 0;
        while (from < count) {
            int length = Math.min(nextSliceRows(), count - from);
            RowSlice slice = slices.slice(from, length);
            ColumnTasks.run(
                    threads(length),
                    largestFirst(),
                    (column, scratch) -> columns.get(column).add(bindings.get(column), slice, scratch));
            from += length;
            rows += length;
            rowsInGroup += length;
            if (estimatedGroupBytes() >= options.rowGroupBytes()) {
                failed = false;
                flushRowGroup();
                failed = true;
            }
        }
        failed = false;
    }

    /** As many rows as the row group can probably take, so that it overshoots its size by little. */
    private int nextSliceRows() {
        long estimated = estimatedGroupBytes();
        if (rowsInGroup == 0 || estimated == 0) {
            return FIRST_SLICE_ROWS;
        }
        long room = Math.max(0, options.rowGroupBytes() - estimated);
        double fitting = room * (double) rowsInGroup / estimated;
        return (int) Math.max(FIRST_SLICE_ROWS, Math.min(SLICE_ROWS, fitting));
    }

    /** Columns in the order of the work that they have been: a large one that began last would keep one thread waiting. */
    private int[] largestFirst() {
        return IntStream.range(0, columns.size())
                .boxed()
                .sorted(Comparator.comparingLong(
                                (Integer column) -> columns.get(column).work())
                        .reversed())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int threads(int sliceRows) {
        boolean pagesEnd = rowsInGroup % options.pageRows() + sliceRows >= options.pageRows();
        boolean worthIt = pagesEnd || (long) sliceRows * columns.size() >= PARALLEL_VALUES;
        return worthIt ? options.threads() : 1;
    }

    private long estimatedGroupBytes() {
        long bytes = 0;
        for (ColumnChunk column : columns) {
            bytes += column.estimatedBytes();
        }
        return bytes;
    }

    private ColumnSettings settings(LeafColumn leaf) {
        Integer fieldId = leaf.fieldId();
        String found = fieldId == null ? null : schema.findColumnName(fieldId);
        String name = found == null ? leaf.name() : found;
        FloatingPointMetrics counts = null;
        if (fieldId != null && (leaf.physical() == Physical.FLOAT || leaf.physical() == Physical.DOUBLE)) {
            counts = new FloatingPointMetrics(fieldId, leaf.physical());
            floats.add(counts);
        }
        return new ColumnSettings(
                name, options.columns().dictionary(name), options.columns().statistics(name), counts);
    }

    private void requireUsable() {
        if (failed || closed) {
            throw new IllegalStateException(
                    "Nothing can be written to %s any more: it was closed, or an earlier write failed"
                            .formatted(location));
        }
    }

    private long position() {
        try {
            return file == null ? 0 : file.getPos();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the position in " + location, e);
        }
    }

    @SuppressWarnings("NullAway") // parquet-java takes null for a file that is not encrypted.
    private static FileEncryptionProperties noEncryption() {
        return null;
    }
}
