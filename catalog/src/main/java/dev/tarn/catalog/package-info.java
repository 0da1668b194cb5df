/**
 * The Iceberg REST catalog server: one HTTP port over an embedded durable store and a warehouse.
 *
 * <p>Start reading at {@link dev.tarn.catalog.CatalogServer}, the only class that knows all the parts.
 */
@NullMarked
package dev.tarn.catalog;

import org.jspecify.annotations.NullMarked;
