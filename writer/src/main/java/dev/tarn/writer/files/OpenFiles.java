package dev.tarn.writer.files;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.files.PartitionedFileWriter.RowPlacement;
import dev.tarn.writer.parquet.ParquetBatchWriter;
import dev.tarn.writer.parquet.ParquetFileOptions;
import dev.tarn.writer.parquet.WrittenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.encryption.PlaintextEncryptionManager;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.OutputFileFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data files that are being written, at most one for each partition, and those that are done. Confined to one thread. */
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final Table table;
    private final Schema schema;
    private final PartitionSpec spec;
    private final SortOrder sortedBy;
    private final FileLimits limits;
    private final ParquetFileOptions options;
    private final OutputFileFactory locations;
    private final Map<PartitionKey, OpenFile> open = new LinkedHashMap<>();
    private final List<DataFile> finished = new ArrayList<>();
    private final List<String> created = new ArrayList<>();
    private long bufferedBytes;
    private long finishedBytes;

    private record OpenFile(AbandonableOutput output, ParquetBatchWriter writer) {
        String location() {
            return output.location();
        }
    }

    /**
     * No files yet, of the schema and spec that the table has now.
     *
     * @param sortedBy the order that rows will come in, which files then claim
     * @throws TarnException UNSUPPORTED for tables with encryption
     */
    OpenFiles(Table table, FileLimits limits, SortOrder sortedBy) {
        this.table = table;
        this.schema = table.schema();
        this.spec = table.spec();
        this.sortedBy = sortedBy;
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
    }

    /** Bytes of unfinished row groups when they were last counted. */
    long bufferedBytes() {
        return bufferedBytes;
    }

    /** Counts the bytes of unfinished row groups. */
    long countBufferedBytes() {
        bufferedBytes = open.values().stream()
                .mapToLong(file -> file.writer().bufferedBytes())
                .sum();
        return bufferedBytes;
    }

    /** Whether a partition's rows may be written as they come, without more files or memory than allowed. */
    boolean accepts(PartitionKey partition) {
        OpenFile file = open.get(partition);
        if (file == null) {
            return open.size() < limits.maxOpenFiles() && bufferedBytes <= limits.openBytes();
        }
        return bufferedBytes <= limits.openBytes() || file.writer().bufferedBytes() >= limits.smallestRowGroupBytes();
    }

    /** Partitions with an unfinished file, oldest first. */
    List<PartitionKey> partitions() {
        return List.copyOf(open.keySet());
    }

    /** Writes rows of one partition, beginning and finishing files as needed. */
    void write(PartitionKey partition, VectorSchemaRoot batch, int[] selected, int count, RowPlacement placement) {
        int step = limits.rowsOfOneStep(bytesOf(batch), batch.getRowCount());
        for (int from = 0; from < count; from += step) {
            int to = Math.min(from + step, count);
            int[] piece = from == 0 && to == count ? selected : Arrays.copyOfRange(selected, from, to);
            OpenFile file = open.get(partition);
            if (file == null) {
                file = begin(partition);
            }
            long position = file.writer().rows();
            long before = file.writer().bufferedBytes();
            file.writer().write(batch, piece, to - from);
            bufferedBytes += file.writer().bufferedBytes() - before;
            if (placement != RowPlacement.NONE) {
                for (int i = 0; i < to - from; i++) {
                    placement.placed(piece[i], file.location(), position + i);
                }
            }
            if (file.writer().estimatedBytes() >= limits.targetFileSize().bytes()) {
                finish(partition);
            } else if (bufferedBytes > limits.openBytes()) {
                shrink();
            }
        }
    }

    /** Finishes the file of a partition, if there is one. */
    void finish(PartitionKey partition) {
        OpenFile file = open.remove(partition);
        if (file == null) {
            return;
        }
        bufferedBytes -= file.writer().bufferedBytes();
        try (ParquetBatchWriter writer = file.writer()) {
            WrittenFile written = writer.finish();
            DataFiles.Builder builder = DataFiles.builder(spec)
                    .withPath(written.location())
                    .withFormat(FileFormat.PARQUET)
                    .withFileSizeInBytes(written.bytes())
                    .withMetrics(written.metrics())
                    .withSplitOffsets(written.splitOffsets())
                    .withSortOrder(sortedBy);
            if (spec.isPartitioned()) {
                builder.withPartition(partition);
            }
            finished.add(builder.build());
            finishedBytes += written.bytes();
        }
    }

    /** The finished files. */
    List<DataFile> finished() {
        return List.copyOf(finished);
    }

    /** Length of all finished files. */
    long finishedBytes() {
        return finishedBytes;
    }

    /** Deletes every file, finished or not, and returns those that could not be deleted. */
    List<String> abort() {
        for (OpenFile file : open.values()) {
            // The output first: closing the writer would make a useless file appear, and upload what is left of it.
            try (ParquetBatchWriter writer = file.writer()) {
                file.output().abandon();
            } catch (RuntimeException e) {
                LOG.warn("Could not close an unfinished data file of table {}", table.name(), e);
            }
        }
        open.clear();
        bufferedBytes = 0;
        List<String> leftOver = FileCleanup.delete(table.io(), created);
        created.clear();
        finished.clear();
        return leftOver;
    }

    static long bytesOf(VectorSchemaRoot batch) {
        return batch.getFieldVectors().stream()
                .mapToLong(vector -> vector.getBufferSize())
                .sum();
    }

    private OpenFile begin(PartitionKey partition) {
        OutputFile output = (spec.isUnpartitioned()
                        ? locations.newOutputFile()
                        : locations.newOutputFile(spec, partition))
                .encryptingOutputFile();
        created.add(output.location());
        AbandonableOutput abandonable = new AbandonableOutput(output);
        OpenFile file = new OpenFile(abandonable, ParquetBatchWriter.open(abandonable, schema, options));
        open.put(partition, file);
        return file;
    }

    /** Ends the largest row groups, as far as they are worth it, until half of the share is free again. */
    private void shrink() {
        countBufferedBytes();
        List<ParquetBatchWriter> largestFirst = new ArrayList<>();
        open.values().forEach(file -> largestFirst.add(file.writer()));
        largestFirst.sort(
                Comparator.comparingLong(ParquetBatchWriter::bufferedBytes).reversed());
        for (ParquetBatchWriter writer : largestFirst) {
            long bytes = writer.bufferedBytes();
            if (bufferedBytes <= limits.openBytes() / 2 || bytes < limits.smallestRowGroupBytes()) {
                return;
            }
            writer.flushRowGroup();
            bufferedBytes += writer.bufferedBytes() - bytes;
        }
    }
}
