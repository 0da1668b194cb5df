/**
 * Finds and deletes files below a table's locations that nothing refers to.
 *
 * <p>Start reading at {@link dev.tarn.maintenance.orphans.OrphanPlanner}.
 */
@NullMarked
package dev.tarn.maintenance.orphans;

import org.jspecify.annotations.NullMarked;
