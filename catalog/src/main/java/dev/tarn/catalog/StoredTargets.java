package dev.tarn.catalog;

import dev.tarn.catalog.auth.GrantTargets;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.WarehouseRecord;
import java.util.Optional;

/** The names and ids of a database, for grants. Thread-safe. */
record StoredTargets(CatalogDatabase database) implements GrantTargets {
    @Override
    public Optional<String> warehouseId(String name) {
        return database.warehouses().find(name).map(WarehouseRecord::id);
    }

    @Override
    public Optional<String> warehouseName(String id) {
        return database.warehouses().findById(id).map(WarehouseRecord::name);
    }

    @Override
    public CatalogStore objects(String warehouseId) {
        return database.warehouse(warehouseId);
    }

    @Override
    public Optional<ObjectRecord> object(String warehouseId, String objectId) {
        return database.warehouse(warehouseId).findObjectById(objectId);
    }
}
