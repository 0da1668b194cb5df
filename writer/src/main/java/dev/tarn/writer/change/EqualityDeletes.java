package dev.tarn.writer.change;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.index.KeyColumns;
import dev.tarn.writer.internal.ArrowRow;
import dev.tarn.writer.parquet.ParquetBatchWriter;
import dev.tarn.writer.parquet.ParquetFileOptions;
import dev.tarn.writer.parquet.WrittenFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Types;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Equality delete files: keys whose older rows are gone, wherever they are. One file for the whole table where a partition
 * spec of the table, old or new, is unpartitioned; else, as such a file counts for its partition only, one for each
 * partition of each spec, which the keys must then determine. Not thread-safe. Closing without {@link #complete} deletes
 * what was written.
 */
final class EqualityDeletes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EqualityDeletes.class);

    /** Open files at once, each with a page buffer for every key column; past this the oldest is finished. */
    private static final int MAX_OPEN_FILES = 32;

    private final Table table;
    private final KeyColumns keys;
    private final int[] ids;
    private final ParquetFileOptions options;
    private final List<PartitionSpec> specs;
    private final OutputFileFactory locations;
    private final Map<Target, ParquetBatchWriter> open = new LinkedHashMap<>(16, 0.75f, true);
    private final List<DeleteFile> finished = new ArrayList<>();
    private final List<String> created = new ArrayList<>();

    private record Target(int specId, PartitionKey partition) {}

    /** @throws TarnException INVALID if the keys do not tell the partition */
    EqualityDeletes(Table table, KeyColumns keys) {
        this.table = table;
        this.keys = keys;
        this.ids = keys.ids().stream().mapToInt(Integer::intValue).toArray();
        this.options = ParquetFileOptions.of(table);
        this.specs = specs(table, keys);
        this.locations = OutputFileFactory.builderFor(table, 0, 0)
                .format(FileFormat.PARQUET)
                .operationId(UUID.randomUUID().toString())
                .build();
    }

    /** Adds the keys of some rows of a batch, each key once over all calls. */
    void write(VectorSchemaRoot batch, int[] rows, int count) {
        for (PartitionSpec spec : specs) {
            PartitionKey partition = new PartitionKey(spec, keys.schema());
            if (spec.isUnpartitioned()) {
                writer(spec, partition).write(batch, rows, count);
                continue;
            }
            ArrowRow row = new ArrowRow(keys.schema().asStruct(), batch);
            Map<PartitionKey, int[]> parts = new LinkedHashMap<>();
            Map<PartitionKey, Integer> counts = new HashMap<>();
            for (int i = 0; i < count; i++) {
                partition.partition(row.at(rows[i]));
                int used = counts.getOrDefault(partition, 0);
                if (used == 0) {
                    parts.put(partition.copy(), new int[count]);
                }
                int[] part = parts.get(partition);
                if (part == null) {
                    throw new IllegalStateException("Partition " + partition + " has no rows");
                }
                part[used] = rows[i];
                counts.put(used == 0 ? partition.copy() : partition, used + 1);
            }
            parts.forEach((key, part) -> writer(spec, key).write(batch, part, counts.getOrDefault(key, 0)));
        }
    }

    /** Finishes all files. */
    List<DeleteFile> complete() {
        List.copyOf(open.keySet()).forEach(this::finish);
        return List.copyOf(finished);
    }

    /** Deletes every file, finished or not. */
    void abort() {
        for (ParquetBatchWriter writer : open.values()) {
            try {
                writer.close();
            } catch (RuntimeException e) {
                LOG.warn("Could not close an unfinished delete file of table {}", table.name(), e);
            }
        }
        open.clear();
        finished.clear();
        FileCleanup.delete(table.io(), created);
        created.clear();
    }

    @Override
    public void close() {
        if (!open.isEmpty()) {
            abort();
        }
    }

    private ParquetBatchWriter writer(PartitionSpec spec, PartitionKey partition) {
        Target target = new Target(spec.specId(), partition.copy());
        ParquetBatchWriter existing = open.get(target);
        if (existing != null) {
            return existing;
        }
        if (open.size() >= MAX_OPEN_FILES) {
            finish(open.keySet().iterator().next());
        }
        OutputFile output = (spec.isUnpartitioned()
                        ? locations.newOutputFile()
                        : locations.newOutputFile(spec, partition))
                .encryptingOutputFile();
        created.add(output.location());
        ParquetBatchWriter writer = ParquetBatchWriter.open(output, keys.schema(), options);
        open.put(target, writer);
        return writer;
    }

    private void finish(Target target) {
        ParquetBatchWriter writer = open.remove(target);
        PartitionSpec spec = table.specs().get(target.specId());
        if (writer == null || spec == null) {
            throw new IllegalStateException("No open file for " + target);
        }
        try (writer) {
            WrittenFile file = writer.finish();
            FileMetadata.Builder builder = FileMetadata.deleteFileBuilder(spec)
                    .ofEqualityDeletes(ids)
                    .withPath(file.location())
                    .withFormat(FileFormat.PARQUET)
                    .withFileSizeInBytes(file.bytes())
                    .withMetrics(file.metrics())
                    .withSplitOffsets(file.splitOffsets());
            if (spec.isPartitioned()) {
                builder.withPartition(target.partition());
            }
            finished.add(builder.build());
        }
    }

    private static List<PartitionSpec> specs(Table table, KeyColumns keys) {
        for (PartitionSpec spec : table.specs().values()) {
            if (spec.isUnpartitioned()) {
                return List.of(spec);
            }
        }
        for (PartitionSpec spec : table.specs().values()) {
            for (PartitionField field : spec.fields()) {
                if (!field.transform().isVoid() && !keys.ids().contains(field.sourceId())) {
                    Types.NestedField source = table.schema().findField(field.sourceId());
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "Table %s is partitioned by '%s', which is no key column: equality deletes cannot tell where a key is; add the column to the key or delete by position"
                                    .formatted(table.name(), source == null ? field.name() : source.name()));
                }
            }
        }
        return List.copyOf(table.specs().values());
    }
}
