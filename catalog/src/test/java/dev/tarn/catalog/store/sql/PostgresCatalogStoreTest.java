package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.CatalogDatabase;
import java.nio.file.Path;

/** PostgreSQL keeps the promises of a store. */
class PostgresCatalogStoreTest extends CatalogStoreContract {
    private final PostgresDatabases databases = new PostgresDatabases();

    @Override
    CatalogDatabase open(Path folder) {
        return databases.open(folder);
    }
}
