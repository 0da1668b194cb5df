/**
 * From table references in SQL to pinned Iceberg snapshots, pruned files and their deletes.
 *
 * <p>Start reading at {@link dev.tarn.flight.scan.CatalogAccess}.
 */
@NullMarked
package dev.tarn.flight.scan;

import org.jspecify.annotations.NullMarked;
