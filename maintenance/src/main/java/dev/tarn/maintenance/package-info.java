/**
 * Table maintenance: one package per job, each a pure planner, a plan (a record whose JSON is the dry run) and an
 * executor that does the I/O. Works on an Iceberg {@code Table} of any catalog.
 *
 * <p>Start reading at {@link dev.tarn.maintenance.compact.CompactionPlanner},
 * {@link dev.tarn.maintenance.expire.ExpiryPlanner} and, for a whole catalog,
 * {@link dev.tarn.maintenance.migrate.CatalogMigrationPlanner}.
 */
@NullMarked
package dev.tarn.maintenance;

import org.jspecify.annotations.NullMarked;
