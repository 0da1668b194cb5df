package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.CatalogStore;

/** The logins and permissions of one server. Thread-safe. Whoever makes one closes it, if there is anything to close. */
public interface AccessControl extends Authenticator {
    /** Decides about what concerns no single warehouse. */
    Authorizer ofServer();

    /**
     * Decides about one warehouse.
     *
     * @param warehouseId id of the warehouse, as grants name it
     * @param objects where names of that warehouse are looked up
     */
    Authorizer ofWarehouse(String warehouseId, CatalogStore objects);
}
