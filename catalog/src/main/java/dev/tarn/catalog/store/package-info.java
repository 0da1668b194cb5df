/**
 * What the catalog remembers, as a contract: warehouses, namespaces, objects by compare-and-swap, idempotency keys, tasks,
 * the outbox, and who may do what, changed in one database transaction each.
 *
 * <p>Start reading at {@link dev.tarn.catalog.store.CatalogDatabase} and {@link dev.tarn.catalog.store.Change}.
 */
@NullMarked
package dev.tarn.catalog.store;

import org.jspecify.annotations.NullMarked;
