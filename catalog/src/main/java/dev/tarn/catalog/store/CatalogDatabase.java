package dev.tarn.catalog.store;

import java.util.Optional;

/**
 * The durable state of a catalog server: several warehouses, and what they share. Reads see every acknowledged
 * transaction; an acknowledged transaction survives a crash. Thread-safe. Whoever opens a database closes it; the stores
 * it hands out are views, cheap and never closed.
 *
 * <p>Every method of every store may throw a {@link dev.tarn.common.TarnException}: UNAVAILABLE if nothing was changed
 * because the database failed, OVERLOADED before any work if too many wait, UNKNOWN_OUTCOME if a change may or may not be
 * durable, INVALID for text that no store keeps.
 */
public interface CatalogDatabase extends AutoCloseable {
    /** The objects of one warehouse. A warehouse that does not exist holds nothing and takes nothing. */
    CatalogStore warehouse(String warehouseId);

    /** The warehouses. */
    WarehouseStore warehouses();

    /** Principals, roles and grants. */
    AccessStore access();

    /** Work that outlives processes. */
    TaskStore tasks();

    /** What happened, in order. */
    EventStore events();

    /** Who changed what in the administration, in a chain that shows tampering. */
    AuditStore audits();

    /** What is wrong with the database, in one sentence; absent when it works. Answers from memory. */
    Optional<String> problem();

    @Override
    void close();
}
