package dev.tarn.kafka;

import dev.tarn.storage.TarnFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** Iceberg's own JDBC catalog over SQLite in a folder, with Tarn's file IO; several processes may open the same folder. */
final class TestLake implements AutoCloseable {
    static final Namespace NAMESPACE = Namespace.of("db");

    private final JdbcCatalog catalog = new JdbcCatalog();

    TestLake(Path folder) {
        catalog.initialize(
                "test",
                Map.of(
                        CatalogProperties.URI,
                        "jdbc:sqlite:" + folder.resolve("catalog.db") + "?busy_timeout=20000",
                        CatalogProperties.WAREHOUSE_LOCATION,
                        "file://" + folder.resolve("warehouse"),
                        CatalogProperties.FILE_IO_IMPL,
                        TarnFileIO.class.getName(),
                        "jdbc.schema-version",
                        "V1"));
        if (!catalog.namespaceExists(NAMESPACE)) {
            catalog.createNamespace(NAMESPACE);
        }
    }

    JdbcCatalog catalog() {
        return catalog;
    }

    static TableIdentifier name(String table) {
        return TableIdentifier.of(NAMESPACE, table);
    }

    Table create(String name, Schema schema) {
        return catalog.createTable(name(name), schema, PartitionSpec.unpartitioned(), Map.of("format-version", "3"));
    }

    List<Record> rows(String name) {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records =
                IcebergGenerics.read(catalog.loadTable(name(name))).build()) {
            records.forEach(record -> rows.add(record.copy()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    @Override
    public void close() {
        catalog.close();
    }
}
