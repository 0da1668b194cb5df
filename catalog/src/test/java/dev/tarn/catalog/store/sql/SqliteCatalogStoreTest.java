package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.CatalogDatabase;
import java.nio.file.Path;
import java.time.Clock;

/** The embedded database keeps the promises of a store. */
class SqliteCatalogStoreTest extends CatalogStoreContract {
    @Override
    CatalogDatabase open(Path folder) {
        return SqliteCatalogDatabase.open(folder, Clock.systemUTC());
    }
}
