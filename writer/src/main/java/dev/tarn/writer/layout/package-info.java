/**
 * The order in which rows reach files: rows wait here, clustered by partition and sorted, in memory and then in spilled runs.
 *
 * <p>Start reading at {@link dev.tarn.writer.layout.PartitionStore}.
 */
@NullMarked
package dev.tarn.writer.layout;

import org.jspecify.annotations.NullMarked;
