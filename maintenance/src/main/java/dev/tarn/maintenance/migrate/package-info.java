/**
 * Moving a whole catalog: everything that another catalog knows is registered in this one, from the metadata files that
 * exist already. No data is copied, and the other catalog is only read.
 *
 * <p>Start reading at {@link dev.tarn.maintenance.migrate.CatalogMigrationPlanner}.
 */
@NullMarked
package dev.tarn.maintenance.migrate;

import org.jspecify.annotations.NullMarked;
