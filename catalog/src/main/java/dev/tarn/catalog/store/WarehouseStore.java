package dev.tarn.catalog.store;

import java.util.List;
import java.util.Optional;

/** The warehouses of a catalog. A view of a {@link CatalogDatabase}: thread-safe, and not to be closed. */
public interface WarehouseStore {
    /** A warehouse by its name. */
    Optional<WarehouseRecord> find(String name);

    /** A warehouse by its id. */
    Optional<WarehouseRecord> findById(String id);

    /**
     * Warehouses in the order of their names.
     *
     * @param afterName only names behind this one; empty for all
     * @param limit at most so many
     */
    List<WarehouseRecord> list(String afterName, int limit);

    /** Adds a warehouse at version 1, whatever the record says. NAME_TAKEN if its name or id is in use. */
    CommitOutcome create(WarehouseRecord warehouse, AuditRecord audit);

    /** Replaces everything but the id. The record holds the version that is expected; STALE if it is another one. */
    CommitOutcome replace(WarehouseRecord warehouse, AuditRecord audit);

    /** Forgets a warehouse that holds nothing, with the grants on it. WAREHOUSE_NOT_EMPTY or STALE otherwise. */
    CommitOutcome drop(String id, long expectedVersion, AuditRecord audit);
}
