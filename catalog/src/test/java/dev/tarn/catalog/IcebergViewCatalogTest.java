package dev.tarn.catalog;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.view.ViewCatalogTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg's own tests of a catalog of views, run against the server through Iceberg's own client. */
class IcebergViewCatalogTest extends ViewCatalogTests<RESTCatalog> {
    private RunningCatalog catalog;
    private RESTCatalog client;
    private Path folder;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        catalog = RunningCatalog.with(options(folder), database -> database);
        client = catalog.client(Map.of(
                "view-default.key1", "catalog-default-key1",
                "view-default.key2", "catalog-default-key2",
                "view-default.key3", "catalog-default-key3",
                "view-override.key3", "catalog-override-key3",
                "view-override.key4", "catalog-override-key4"));
    }

    /** Where the catalog is kept, and all else. */
    CatalogOptions options(Path folder) {
        return RunningCatalog.options(folder, CatalogLimits.DEFAULTS);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Override
    protected RESTCatalog catalog() {
        return client;
    }

    @Override
    protected Catalog tableCatalog() {
        return client;
    }

    @Override
    protected boolean requiresNamespaceCreate() {
        return true;
    }

    @Override
    protected boolean supportsServerSideRetry() {
        return true;
    }

    @Override
    protected String viewLocation(String... paths) {
        StringBuilder location = new StringBuilder("file://" + folder.resolve("warehouse/views"));
        Arrays.stream(paths).forEach(path -> location.append('/').append(path));
        return location.toString();
    }
}
