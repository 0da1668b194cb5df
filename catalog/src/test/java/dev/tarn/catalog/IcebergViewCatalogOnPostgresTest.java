package dev.tarn.catalog;

import java.nio.file.Path;

/** Iceberg's own tests of a catalog of views, over a catalog that PostgreSQL keeps. */
class IcebergViewCatalogOnPostgresTest extends IcebergViewCatalogTest {
    @Override
    CatalogOptions options(Path folder) {
        return RunningCatalog.onPostgres(super.options(folder));
    }
}
