package dev.tarn.writer.files;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ArrowRow;
import dev.tarn.writer.parquet.ParquetBatchWriter;
import dev.tarn.writer.parquet.ParquetFileOptions;
import dev.tarn.writer.parquet.WrittenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.encryption.PlaintextEncryptionManager;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.OutputFileFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches into data files of a table's current schema and partition spec: split by partition, rolled at the target
 * size. The least recently used file is finished when too many are open; row groups end early when the memory budget is
 * reached. Not thread-safe. Closing without {@link #complete} deletes every file that was written.
 */
public final class PartitionedFileWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionedFileWriter.class);

    private final Table table;
    private final Schema schema;
    private final PartitionSpec spec;
    private final FileLimits limits;
    private final ParquetFileOptions options;
    private final OutputFileFactory locations;
    private final PartitionKey key;
    private final Map<PartitionKey, ParquetBatchWriter> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<PartitionKey, String> openLocations = new LinkedHashMap<>();
    private final List<DataFile> finished = new ArrayList<>();
    private final List<String> created = new ArrayList<>();
    private boolean completed;
    private boolean closed;

    /** Told where each row went. */
    @FunctionalInterface
    public interface RowPlacement {
        /**
         * A row of the batch was written.
         *
         * @param row its number in the batch
         * @param location the data file
         * @param position its position in that file
         */
        void placed(int row, String location, long position);
    }

    /**
     * A writer for the schema and spec that the table has now.
     *
     * @throws TarnException UNSUPPORTED for tables with encryption or another file format than Parquet
     */
    public PartitionedFileWriter(Table table, FileLimits limits) {
        this.table = table;
        this.schema = table.schema();
        this.spec = table.spec();
        this.limits = limits;
        this.options = ParquetFileOptions.of(table);
        if (!(table.encryption() instanceof PlaintextEncryptionManager)) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Table %s is encrypted, which cannot be written yet".formatted(table.name()));
        }
        this.locations = OutputFileFactory.builderFor(table, 0, 0)
                .format(FileFormat.PARQUET)
                .operationId(UUID.randomUUID().toString())
                .build();
        this.key = new PartitionKey(spec, schema);
    }

    /** Writes all rows of a batch, which stays the caller's. */
    public void write(VectorSchemaRoot batch) {
        int[] all = new int[batch.getRowCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        write(batch, all, all.length, (row, location, position) -> {});
    }

    /**
     * Writes chosen rows of a batch, which stays the caller's.
     *
     * @param selected row numbers, of which the first {@code count} are taken
     * @throws TarnException INVALID naming the column, if a vector does not fit or a required value is null
     */
    public void write(VectorSchemaRoot batch, int[] selected, int count, RowPlacement placement) {
        if (count == 0) {
            return;
        }
        if (spec.isUnpartitioned()) {
            writeTo(key.copy(), batch, selected, count, placement);
            return;
        }
        for (Map.Entry<PartitionKey, Rows> part : split(batch, selected, count).entrySet()) {
            Rows rows = part.getValue();
            writeTo(part.getKey(), batch, rows.numbers, rows.count, placement);
        }
    }

    /** Finishes all files and returns them. They are the caller's from then on. */
    public List<DataFile> complete() {
        for (PartitionKey partition : List.copyOf(open.keySet())) {
            finish(partition);
        }
        completed = true;
        return List.copyOf(finished);
    }

    /** Deletes every file that was written, finished or not; what cannot be deleted is logged, returned, and left to orphan cleanup. */
    public List<String> abort() {
        for (ParquetBatchWriter writer : open.values()) {
            try {
                writer.close();
            } catch (RuntimeException e) {
                LOG.warn("Could not close an unfinished data file of table {}", table.name(), e);
            }
        }
        open.clear();
        List<String> leftOver = FileCleanup.delete(table.io(), created);
        created.clear();
        finished.clear();
        return leftOver;
    }

    @Override
    public void close() {
        if (!closed && !completed) {
            abort();
        }
        closed = true;
    }

    private static final class Rows {
        private int[] numbers = new int[16];
        private int count;

        void add(int row) {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, count * 2);
            }
            numbers[count++] = row;
        }
    }

    private Map<PartitionKey, Rows> split(VectorSchemaRoot batch, int[] selected, int count) {
        ArrowRow row = new ArrowRow(schema.asStruct(), batch);
        Map<PartitionKey, Rows> parts = new LinkedHashMap<>();
        Optional<Map.Entry<PartitionKey, Rows>> last = Optional.empty();
        for (int i = 0; i < count; i++) {
            key.partition(row.at(selected[i]));
            // Neighbours mostly share a partition; comparing with the last one saves the copy and the look-up.
            if (last.isEmpty() || !last.get().getKey().equals(key)) {
                PartitionKey partition = key.copy();
                last = Optional.of(Map.entry(partition, parts.computeIfAbsent(partition, absent -> new Rows())));
            }
            last.get().getValue().add(selected[i]);
        }
        return parts;
    }

    private void writeTo(
            PartitionKey partition, VectorSchemaRoot batch, int[] selected, int count, RowPlacement placement) {
        for (int from = 0; from < count; from += limits.rowsBetweenSizeChecks()) {
            int to = Math.min(from + limits.rowsBetweenSizeChecks(), count);
            int[] piece = from == 0 && to == count ? selected : Arrays.copyOfRange(selected, from, to);
            ParquetBatchWriter writer = writerFor(partition);
            String location = openLocation(partition);
            long position = writer.rows();
            writer.write(batch, piece, to - from);
            for (int i = 0; i < to - from; i++) {
                placement.placed(piece[i], location, position + i);
            }
            if (writer.estimatedBytes() >= limits.targetFileSize().bytes()) {
                finish(partition);
            }
        }
        keepWithinMemory();
    }

    private ParquetBatchWriter writerFor(PartitionKey partition) {
        ParquetBatchWriter existing = open.get(partition);
        if (existing != null) {
            return existing;
        }
        if (open.size() >= limits.maxOpenFiles()) {
            finish(open.keySet().iterator().next());
        }
        OutputFile output = (spec.isUnpartitioned()
                        ? locations.newOutputFile()
                        : locations.newOutputFile(spec, partition))
                .encryptingOutputFile();
        created.add(output.location());
        ParquetBatchWriter writer = ParquetBatchWriter.open(output, schema, options);
        open.put(partition, writer);
        openLocations.put(partition, output.location());
        return writer;
    }

    private String openLocation(PartitionKey partition) {
        String location = openLocations.get(partition);
        if (location == null) {
            throw new IllegalStateException("No file is open for partition " + partition);
        }
        return location;
    }

    private void keepWithinMemory() {
        long buffered = open.values().stream()
                .mapToLong(ParquetBatchWriter::bufferedBytes)
                .sum();
        if (buffered <= limits.memoryBudget().bytes()) {
            return;
        }
        List<ParquetBatchWriter> largestFirst = new ArrayList<>(open.values());
        largestFirst.sort(
                Comparator.comparingLong(ParquetBatchWriter::bufferedBytes).reversed());
        for (ParquetBatchWriter writer : largestFirst) {
            if (buffered <= limits.memoryBudget().bytes() / 2) {
                return;
            }
            buffered -= writer.bufferedBytes();
            writer.flushRowGroup();
        }
    }

    private void finish(PartitionKey partition) {
        ParquetBatchWriter writer = open.remove(partition);
        openLocations.remove(partition);
        if (writer == null) {
            return;
        }
        try (writer) {
            WrittenFile file = writer.finish();
            DataFiles.Builder builder = DataFiles.builder(spec)
                    .withPath(file.location())
                    .withFormat(FileFormat.PARQUET)
                    .withFileSizeInBytes(file.bytes())
                    .withMetrics(file.metrics())
                    .withSplitOffsets(file.splitOffsets());
            if (spec.isPartitioned()) {
                builder.withPartition(partition);
            }
            finished.add(builder.build());
        }
    }
}
