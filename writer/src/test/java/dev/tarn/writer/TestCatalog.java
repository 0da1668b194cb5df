package dev.tarn.writer;

import dev.tarn.storage.TarnFileIO;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Iceberg's own JDBC catalog over SQLite in a temporary folder, with Tarn's file IO. */
public final class TestCatalog implements AutoCloseable {
    private static final Namespace NAMESPACE = Namespace.of("db");

    private final JdbcCatalog catalog = new JdbcCatalog();

    public TestCatalog(Path folder) {
        this(folder, true);
    }

    private TestCatalog(Path folder, boolean create) {
        catalog.initialize(
                "test",
                Map.of(
                        CatalogProperties.URI,
                        "jdbc:sqlite:" + folder.resolve("catalog.db"),
                        CatalogProperties.WAREHOUSE_LOCATION,
                        "file://" + folder.resolve("warehouse"),
                        CatalogProperties.FILE_IO_IMPL,
                        TarnFileIO.class.getName(),
                        "jdbc.schema-version",
                        "V1"));
        if (create) {
            catalog.createNamespace(NAMESPACE);
        }
    }

    /** Opens a catalog that was made before, perhaps by another process. */
    public static TestCatalog reopen(Path folder) {
        return new TestCatalog(folder, false);
    }

    public Table create(String name, Schema schema, PartitionSpec spec, int formatVersion) {
        return catalog.createTable(
                TableIdentifier.of(NAMESPACE, name),
                schema,
                spec,
                Map.of("format-version", Integer.toString(formatVersion)));
    }

    /** The catalog itself. */
    public JdbcCatalog catalog() {
        return catalog;
    }

    /** The full name of a table. */
    public static TableIdentifier identifier(String name) {
        return TableIdentifier.of(NAMESPACE, name);
    }

    public Table load(String name) {
        return catalog.loadTable(TableIdentifier.of(NAMESPACE, name));
    }

    /** Drops a table; its files stay. */
    public void drop(String name) {
        catalog.dropTable(TableIdentifier.of(NAMESPACE, name), false);
    }

    public static List<Record> rows(Table table) {
        table.refresh();
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            records.forEach(record -> rows.add(record.copy()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return rows;
    }

    @Override
    public void close() {
        catalog.close();
    }
}
