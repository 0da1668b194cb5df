/**
 * What happened to the objects of the catalog, written to the outbox in the transaction that made it happen.
 *
 * <p>Start reading at {@link dev.tarn.catalog.events.CatalogEvent}.
 */
@NullMarked
package dev.tarn.catalog.events;

import org.jspecify.annotations.NullMarked;
