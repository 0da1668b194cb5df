package dev.tarn.writer.change;

import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.index.FileRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Writes data files again without some of their rows: in the same partition and order, and in tables with row lineage with
 * the id and the last update of every row that stays. A file whose deletes and lost rows are the same as in an earlier
 * attempt is not written twice. Confined to one thread.
 */
final class CopyOnWrite {
    private final Table table;
    private final Map<String, Rewritten> rewritten = new HashMap<>();
    private final List<String> written = new ArrayList<>();

    private record Rewritten(Roaring64Bitmap dropped, Set<String> deletes, Optional<DataFile> file) {}

    private interface Rows {
        void forEach(Consumer<Record> consumer);
    }

    CopyOnWrite(Table table) {
        this.table = table;
    }

    /**
     * A data file of the table without the rows that its deletes hide and without those at some positions.
     *
     * @return empty if no row is left
     */
    Optional<DataFile> rewrite(FileScanTask task, Roaring64Bitmap dropped) {
        Set<String> deletes = task.deletes().stream().map(CopyOnWrite::identity).collect(Collectors.toSet());
        Rewritten earlier = rewritten.get(task.file().location());
        if (earlier != null
                && earlier.dropped().equals(dropped)
                && earlier.deletes().equals(deletes)) {
            return earlier.file();
        }
        Schema schema = TableUtil.supportsRowLineage(table)
                ? MetadataColumns.schemaWithRowLineage(table.schema())
                : table.schema();
        FileRows rows = new FileRows(table, schema, Expressions.alwaysTrue());
        Optional<DataFile> file = write(
                task.file(),
                schema,
                consumer -> rows.forEachVisible(task, (row, position) -> {
                    if (!dropped.contains(position)) {
                        consumer.accept(row);
                    }
                }));
        rewritten.put(task.file().location(), new Rewritten(dropped, deletes, file));
        return file;
    }

    /** A data file that no snapshot refers to yet, without the rows at some positions. */
    Optional<DataFile> rewriteNew(DataFile file, Roaring64Bitmap dropped) {
        Rewritten earlier = rewritten.get(file.location());
        if (earlier != null) {
            return earlier.file();
        }
        FileRows rows = new FileRows(table, table.schema(), Expressions.alwaysTrue());
        Optional<DataFile> result = write(
                file,
                table.schema(),
                consumer -> rows.forEach(
                        table.io().newInputFile(file.location(), file.fileSizeInBytes()),
                        file.format(),
                        (row, position) -> {
                            if (!dropped.contains(position)) {
                                consumer.accept(row);
                            }
                        }));
        rewritten.put(file.location(), new Rewritten(dropped, Set.of(), result));
        return result;
    }

    /** Deletes the files that were written and are not among those that were committed. */
    void keepOnly(Set<String> committed) {
        FileCleanup.delete(
                table.io(),
                written.stream()
                        .filter(location -> !committed.contains(location))
                        .toList());
        written.clear();
    }

    private Optional<DataFile> write(DataFile source, Schema schema, Rows rows) {
        PartitionSpec spec = Objects.requireNonNull(table.specs().get(source.specId()));
        SortOrder order =
                source.sortOrderId() == null ? null : table.sortOrders().get(source.sortOrderId());
        GenericFileWriterFactory.Builder builder = new GenericFileWriterFactory.Builder(table)
                .dataFileFormat(FileFormat.PARQUET)
                .dataSchema(schema);
        if (order != null) {
            builder = builder.dataSortOrder(order);
        }
        OutputFileFactory locations = OutputFileFactory.builderFor(table, 0, 0)
                .defaultSpec(spec)
                .format(FileFormat.PARQUET)
                .operationId(UUID.randomUUID().toString())
                .build();
        EncryptedOutputFile output =
                spec.isUnpartitioned() ? locations.newOutputFile() : locations.newOutputFile(spec, source.partition());
        written.add(output.encryptingOutputFile().location());
        DataWriter<Record> writer =
                builder.build().newDataWriter(output, spec, spec.isUnpartitioned() ? null : source.partition());
        try (writer) {
            rows.forEach(writer::write);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + source.location() + " again", e);
        }
        DataFile result = writer.toDataFile();
        return result.recordCount() == 0 ? Optional.empty() : Optional.of(result);
    }

    private static String identity(DeleteFile file) {
        return file.contentOffset() == null ? file.location() : file.location() + "@" + file.contentOffset();
    }
}
