package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectRecord;
import java.util.Optional;

/** The names that people use for warehouses and objects, and the ids that grants hold. Thread-safe. */
public interface GrantTargets {
    /** Id of a warehouse, absent if there is none of this name. */
    Optional<String> warehouseId(String name);

    /** Name of a warehouse, absent if there is none of this id. */
    Optional<String> warehouseName(String id);

    /** The objects of a warehouse. */
    CatalogStore objects(String warehouseId);

    /** A table or view by its id, absent if it does not exist any more. */
    Optional<ObjectRecord> object(String warehouseId, String objectId);
}
