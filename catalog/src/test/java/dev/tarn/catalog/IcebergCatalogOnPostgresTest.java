package dev.tarn.catalog;

import java.nio.file.Path;

/** Iceberg's own tests of a catalog, over a catalog that PostgreSQL keeps. */
class IcebergCatalogOnPostgresTest extends IcebergCatalogTest {
    @Override
    CatalogOptions options(Path folder) {
        return RunningCatalog.onPostgres(super.options(folder));
    }
}
