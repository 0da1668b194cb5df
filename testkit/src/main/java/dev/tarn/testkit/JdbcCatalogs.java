package dev.tarn.testkit;

import dev.tarn.storage.TarnFileIO;
import dev.tarn.storage.WarehouseUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * Opens real Iceberg catalogs for the tests of modules that must not know Tarn's: tables of record in a SQLite file, data
 * in a folder or on S3. The caller closes the catalog.
 */
public final class JdbcCatalogs {
    private JdbcCatalogs() {}

    /** A catalog with everything below one folder: {@code catalog.db} and {@code warehouse}. */
    public static JdbcCatalog inFolder(Path folder) {
        return open(folder, WarehouseUri.parse(folder.resolve("warehouse").toString()), Map.of());
    }

    /** A catalog with {@code catalog.db} in a folder and a warehouse in a new bucket. */
    public static JdbcCatalog onS3(Path folder, S3Fixture s3) {
        return open(folder, s3.warehouse(), s3.settings().fileIoProperties());
    }

    /**
     * A catalog over an existing or a new {@code catalog.db}. Opened twice over one folder, it is two clients of one
     * catalog.
     *
     * @param fileIoProperties what {@link TarnFileIO} needs, under Iceberg's names
     */
    public static JdbcCatalog open(Path folder, WarehouseUri warehouse, Map<String, String> fileIoProperties) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create the folder of a catalog: " + folder, e);
        }
        Map<String, String> properties = new HashMap<>(fileIoProperties);
        properties.put(CatalogProperties.URI, "jdbc:sqlite:" + folder.resolve("catalog.db"));
        properties.put(CatalogProperties.WAREHOUSE_LOCATION, warehouse.value());
        properties.put(CatalogProperties.FILE_IO_IMPL, TarnFileIO.class.getName());
        // SQLite has one writer: a second connection would only wait for the first, or fail as busy.
        properties.put(CatalogProperties.CLIENT_POOL_SIZE, "1");
        properties.put("jdbc.busy_timeout", "30000");
        properties.put("jdbc.journal_mode", "WAL");
        // The version of the catalog's schema that knows views.
        properties.put("jdbc.schema-version", "V1");
        JdbcCatalog catalog = new JdbcCatalog();
        catalog.initialize("test", properties);
        return catalog;
    }
}
