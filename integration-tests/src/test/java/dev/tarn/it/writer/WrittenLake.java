package dev.tarn.it.writer;

import dev.tarn.catalog.CatalogOptions;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.Closer;
import dev.tarn.common.SettingsReader;
import dev.tarn.storage.LocalFileIO;
import dev.tarn.storage.RestCatalogs;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;

/** A catalog server over a local folder, and Iceberg's client to it through which the tests write. */
final class WrittenLake implements AutoCloseable {
    static final Namespace NAMESPACE = Namespace.of("db");

    private final Closer closer = new Closer();
    private final CatalogServer server;
    private final RESTCatalog catalog;

    WrittenLake(Path folder) {
        server = closer.register(CatalogServer.start(
                CatalogOptions.from(
                        SettingsReader.of(Map.of("catalog.port", "0")),
                        folder.resolve("data"),
                        WarehouseUri.parse(folder.resolve("warehouse").toString()),
                        S3Settings.DEFAULTS),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                List.of()));
        catalog = closer.register(RestCatalogs.open(server.uri(), "", Map.of()));
        catalog.createNamespace(NAMESPACE);
    }

    URI uri() {
        return server.uri();
    }

    Table create(String name, Schema schema, PartitionSpec spec, Map<String, String> properties) {
        return catalog.createTable(TableIdentifier.of(NAMESPACE, name), schema, spec, properties);
    }

    /** The rows as Iceberg's own reader sees them. */
    static List<Record> rows(Table table) {
        table.refresh();
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            records.forEach(record -> rows.add(record.copy()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    /** The paths of the table's data files. */
    static List<String> dataFiles(Table table) throws IOException {
        table.refresh();
        List<String> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(
                    task -> files.add(LocalFileIO.toPath(task.file().location()).toString()));
        }
        return files;
    }

    @Override
    public void close() {
        closer.close();
    }
}
