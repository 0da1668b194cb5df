package dev.tarn.catalog;

import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.AuditStore;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.EventStore;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.catalog.store.WarehouseStore;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A database whose warehouses are wrapped, for tests that make them fail. */
record ForwardingCatalogDatabase(CatalogDatabase database, UnaryOperator<CatalogStore> wrapping)
        implements CatalogDatabase {
    @Override
    public CatalogStore warehouse(String warehouseId) {
        return wrapping.apply(database.warehouse(warehouseId));
    }

    @Override
    public WarehouseStore warehouses() {
        return database.warehouses();
    }

    @Override
    public AccessStore access() {
        return database.access();
    }

    @Override
    public TaskStore tasks() {
        return database.tasks();
    }

    @Override
    public EventStore events() {
        return database.events();
    }

    @Override
    public AuditStore audits() {
        return database.audits();
    }

    @Override
    public Optional<String> problem() {
        return database.problem();
    }

    @Override
    public void close() {
        database.close();
    }
}
