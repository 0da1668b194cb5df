/**
 * Compaction: few large files in place of many small ones, with deletes applied and row lineage kept.
 *
 * <p>Start reading at {@link dev.tarn.maintenance.compact.CompactionPlanner}, then
 * {@link dev.tarn.maintenance.compact.CompactionExecutor}.
 */
@NullMarked
package dev.tarn.maintenance.compact;

import org.jspecify.annotations.NullMarked;
