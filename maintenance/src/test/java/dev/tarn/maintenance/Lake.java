package dev.tarn.maintenance;

import dev.tarn.storage.LocalFileIO;
import dev.tarn.storage.TarnFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;

/** A catalog over SQLite and a folder, with writers for data and every kind of delete. Whoever opens it closes it. */
public final class Lake implements AutoCloseable {
    /** Columns of most tables here. */
    public static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "name", Types.StringType.get()),
            Types.NestedField.required(3, "part", Types.IntegerType.get()));

    private final JdbcCatalog catalog = new JdbcCatalog();

    private Lake(Path folder) {
        catalog.initialize(
                "lake",
                Map.of(
                        CatalogProperties.URI,
                        "jdbc:sqlite:" + folder.resolve("catalog.db"),
                        CatalogProperties.WAREHOUSE_LOCATION,
                        LocalFileIO.toLocation(folder.resolve("warehouse")),
                        CatalogProperties.FILE_IO_IMPL,
                        TarnFileIO.class.getName()));
        catalog.createNamespace(Namespace.of("db"));
    }

    /** A lake in an empty folder. */
    public static Lake in(Path folder) {
        return new Lake(folder);
    }

    /** A table of the given format version. */
    public Table create(String name, PartitionSpec spec, int formatVersion, Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(properties);
        all.put("format-version", Integer.toString(formatVersion));
        return catalog.createTable(TableIdentifier.of("db", name), SCHEMA, spec, all);
    }

    /** A second client's view of a table. */
    public Table load(String name) {
        return catalog.loadTable(TableIdentifier.of("db", name));
    }

    @Override
    public void close() throws IOException {
        catalog.close();
    }

    /** A row of a table whose schema still begins as {@link #SCHEMA}. */
    public static Record row(Table table, long id, String name, int part) {
        Record row = GenericRecord.create(table.schema());
        row.setField("id", id);
        row.setField("name", name);
        row.setField("part", part);
        return row;
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive), named after their id, all of one partition. */
    public static List<Record> rows(Table table, long from, long to, int part) {
        List<Record> rows = new ArrayList<>();
        for (long id = from; id < to; id++) {
            rows.add(row(table, id, id % 7 == 0 ? null : "name-" + id, part));
        }
        return rows;
    }

    /** A data file, not committed. All rows must be of one partition. */
    public static DataFile write(Table table, List<Record> rows) {
        try {
            DataWriter<Record> writer = writers(table)
                    .newDataWriter(
                            files(table).newOutputFile(table.spec(), key(table, rows.get(0))),
                            table.spec(),
                            key(table, rows.get(0)));
            try (writer) {
                rows.forEach(writer::write);
            }
            return writer.toDataFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes and commits a data file. */
    public static DataFile append(Table table, List<Record> rows) {
        DataFile file = write(table, rows);
        table.newAppend().appendFile(file).commit();
        return file;
    }

    /** An equality delete on {@code id} for the partition of a row, not committed. */
    public static DeleteFile equalityDelete(Table table, Record sample, long... ids) {
        Schema keys = table.schema().select("id");
        GenericFileWriterFactory writers = new GenericFileWriterFactory.Builder(table)
                .deleteFileFormat(FileFormat.PARQUET)
                .equalityFieldIds(new int[] {1})
                .equalityDeleteRowSchema(keys)
                .build();
        PartitionKey key = key(table, sample);
        try {
            EqualityDeleteWriter<Record> writer =
                    writers.newEqualityDeleteWriter(files(table).newOutputFile(table.spec(), key), table.spec(), key);
            try (writer) {
                for (long id : ids) {
                    writer.write(GenericRecord.create(keys).copy("id", id));
                }
            }
            return writer.toDeleteFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A position delete file (format 2) for rows of one data file, not committed. */
    public static DeleteFile positionDelete(Table table, DataFile file, long... positions) {
        PartitionSpec spec = table.specs().get(file.specId());
        try {
            PositionDeleteWriter<Record> writer = writers(table)
                    .newPositionDeleteWriter(
                            files(table).newOutputFile(spec, file.partition()), spec, file.partition());
            try (writer) {
                for (long position : positions) {
                    writer.write(PositionDelete.<Record>create().set(file.location(), position));
                }
            }
            return writer.toDeleteFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a deletion vector (format 3) for rows of one data file, merged with the one it has, and commits. */
    public static void deleteByVector(Table table, DataFile file, long... positions) {
        table.refresh();
        List<DeleteFile> existing = existingDeletes(table, file);
        BaseDVFileWriter writer = new BaseDVFileWriter(
                files(table, FileFormat.PUFFIN),
                path -> path.equals(file.location()) ? previous(table, existing, path) : null);
        try (writer) {
            for (long position : positions) {
                writer.delete(file.location(), position, table.specs().get(file.specId()), file.partition());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RowDelta delta =
                table.newRowDelta().validateFromSnapshot(table.currentSnapshot().snapshotId());
        writer.result().deleteFiles().forEach(delta::addDeletes);
        writer.result().rewrittenDeleteFiles().forEach(delta::removeDeletes);
        delta.commit();
    }

    /** How often each row is in a snapshot, with lineage columns if the table keeps them. */
    public static Map<String, Integer> contents(Table table, long snapshotId) {
        Schema projection = TableUtil.supportsRowLineage(table)
                ? MetadataColumns.schemaWithRowLineage(table.schema())
                : table.schema();
        Map<String, Integer> contents = new TreeMap<>();
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table)
                .useSnapshot(snapshotId)
                .project(projection)
                .build()) {
            rows.forEach(row -> contents.merge(text(row, projection.columns().size()), 1, Integer::sum));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }

    /** {@link #contents(Table, long)} of the current snapshot. */
    public static Map<String, Integer> contents(Table table) {
        table.refresh();
        return contents(table, table.currentSnapshot().snapshotId());
    }

    /** The ids in the current snapshot, sorted. */
    public static List<Long> ids(Table table) {
        table.refresh();
        List<Long> ids = new ArrayList<>();
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
            rows.forEach(row -> ids.add((Long) row.getField("id")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ids.stream().sorted().toList();
    }

    /** The live data files of the current snapshot. */
    public static List<DataFile> dataFiles(Table table) {
        table.refresh();
        List<DataFile> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(task -> files.add(task.file()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** A reader may append columns that it needed for deletes. */
    private static String text(Record row, int columns) {
        StringBuilder text = new StringBuilder();
        for (int column = 0; column < columns; column++) {
            text.append(row.get(column)).append('|');
        }
        return text.toString();
    }

    private static List<DeleteFile> existingDeletes(Table table, DataFile file) {
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                if (task.file().location().equals(file.location())) {
                    return task.deletes().stream()
                            .filter(delete -> delete.format() == FileFormat.PUFFIN)
                            .toList();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of();
    }

    private static PositionDeleteIndex previous(Table table, List<DeleteFile> existing, String path) {
        return existing.isEmpty()
                ? null
                : new BaseDeleteLoader(delete -> table.io().newInputFile(delete.location()))
                        .loadPositionDeletes(existing, path);
    }

    private static GenericFileWriterFactory writers(Table table) {
        return new GenericFileWriterFactory.Builder(table)
                .dataFileFormat(FileFormat.PARQUET)
                .dataSchema(table.schema())
                .deleteFileFormat(FileFormat.PARQUET)
                .build();
    }

    private static OutputFileFactory files(Table table) {
        return files(table, FileFormat.PARQUET);
    }

    private static OutputFileFactory files(Table table, FileFormat format) {
        return OutputFileFactory.builderFor(table, 1, 1)
                .format(format)
                .operationId(UUID.randomUUID().toString())
                .build();
    }

    private static PartitionKey key(Table table, Record row) {
        PartitionKey key = new PartitionKey(table.spec(), table.schema());
        key.partition(new InternalRecordWrapper(table.schema().asStruct()).wrap(row));
        return key;
    }
}
