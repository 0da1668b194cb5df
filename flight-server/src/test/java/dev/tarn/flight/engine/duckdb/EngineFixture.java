package dev.tarn.flight.engine.duckdb;

import dev.tarn.common.DataSize;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryContext;
import dev.tarn.flight.engine.QueryExecution;
import dev.tarn.flight.scan.CatalogAccess;
import dev.tarn.storage.LocalFileIO;
import dev.tarn.storage.TarnFileIO;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.util.Text;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** An engine over a catalog in a file, with tables in a temporary folder. */
final class EngineFixture implements AutoCloseable {
    static final Namespace NAMESPACE = Namespace.of("shop");

    final DuckDbQueryEngine engine;
    final BufferAllocator allocator = new RootAllocator();
    private final JdbcCatalog catalog = new JdbcCatalog();

    EngineFixture(Path folder) {
        this(folder, DuckDbEngineSettings.DEFAULTS.maxConcurrentQueries(), DataSize.ofMegabytes(512));
    }

    EngineFixture(Path folder, int maxQueries, DataSize cacheSize) {
        this(
                folder,
                maxQueries,
                cacheSize,
                LocalFileIO.toLocation(folder.resolve("warehouse")),
                TarnFileIO.class,
                Duration.ofMinutes(1));
    }

    /** With a time limit for statements. */
    static EngineFixture impatient(Path folder, Duration limit) {
        return new EngineFixture(
                folder,
                4,
                DataSize.ofMegabytes(64),
                LocalFileIO.toLocation(folder.resolve("warehouse")),
                TarnFileIO.class,
                limit);
    }

    /** Over files in memory, which the engine cannot reach by itself, as it cannot reach an object store. */
    static EngineFixture remote(Path folder, DataSize cacheSize) {
        return new EngineFixture(folder, 4, cacheSize, "mem://lake", InMemoryFileIO.class, Duration.ofMinutes(1));
    }

    private EngineFixture(
            Path folder,
            int maxQueries,
            DataSize cacheSize,
            String warehouse,
            Class<? extends FileIO> io,
            Duration timeout) {
        catalog.initialize(
                "lake",
                Map.of(
                        "uri",
                        "jdbc:sqlite:" + folder.resolve("catalog.db"),
                        "warehouse",
                        warehouse,
                        "io-impl",
                        io.getName(),
                        "jdbc.schema-version",
                        "V1"));
        catalog.createNamespace(NAMESPACE);
        DuckDbEngineSettings settings = new DuckDbEngineSettings(
                DataSize.ofMegabytes(256), 2, DataSize.ofMegabytes(512), cacheSize, 4, maxQueries, timeout);
        engine = DuckDbQueryEngine.start(settings, folder.resolve("engine"), new Access(), new SimpleMeterRegistry());
    }

    private final class Access implements CatalogAccess {
        @Override
        public String catalogName() {
            return "lake";
        }

        @Override
        public Catalog as(Caller caller) {
            return catalog;
        }

        @Override
        public void close() {}
    }

    Table createTable(String name, Schema schema, PartitionSpec spec, int formatVersion) {
        return catalog.createTable(
                TableIdentifier.of(NAMESPACE, name),
                schema,
                spec,
                Map.of("format-version", Integer.toString(formatVersion)));
    }

    /** Writes one file per partition of the rows, under the table's current schema, and commits them. */
    static List<DataFile> append(Table table, List<Record> rows) {
        List<DataFile> files = new ArrayList<>();
        Map<StructLike, List<Record>> groups = new LinkedHashMap<>();
        for (Record row : rows) {
            PartitionKey key = new PartitionKey(table.spec(), table.schema());
            key.partition(new InternalRecordWrapper(table.schema().asStruct()).wrap(row));
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
        }
        groups.forEach((key, group) -> files.add(write(table, key, group)));
        var append = table.newAppend();
        files.forEach(append::appendFile);
        append.commit();
        return files;
    }

    private static DataFile write(Table table, StructLike partition, List<Record> rows) {
        var factory = new GenericFileWriterFactory.Builder(table)
                .dataFileFormat(FileFormat.PARQUET)
                .build();
        var output = table.io().newOutputFile(table.location() + "/data/" + UUID.randomUUID() + ".parquet");
        var encrypted = EncryptedFiles.plainAsEncryptedOutput(output);
        DataWriter<Record> writer = factory.newDataWriter(encrypted, table.spec(), partition);
        try (writer) {
            rows.forEach(writer::write);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.toDataFile();
    }

    static QueryContext context() {
        return new QueryContext(Caller.ANONYMOUS, Optional.of("shop"), Map.of());
    }

    /** All rows as lists of Arrow's Java values. */
    List<List<Object>> query(String sql) {
        try (PreparedQuery prepared = engine.prepare(sql, context())) {
            return run(prepared);
        }
    }

    List<List<Object>> run(PreparedQuery prepared) {
        List<List<Object>> rows = new ArrayList<>();
        try (QueryExecution execution = prepared.execute(null, allocator)) {
            while (execution.next()) {
                for (int row = 0; row < execution.batch().getRowCount(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (FieldVector vector : execution.batch().getFieldVectors()) {
                        Object value = vector.getObject(row);
                        values.add(value instanceof Text ? value.toString() : value);
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }

    @Override
    public void close() throws IOException {
        engine.close();
        catalog.close();
        allocator.close();
    }
}
