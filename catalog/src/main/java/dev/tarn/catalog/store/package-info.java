/**
 * What the catalog remembers: namespaces, objects by compare-and-swap, idempotency keys and the outbox, changed in one database transaction each.
 *
 * <p>Start reading at {@link dev.tarn.catalog.store.CatalogStore}.
 */
@NullMarked
package dev.tarn.catalog.store;

import org.jspecify.annotations.NullMarked;
