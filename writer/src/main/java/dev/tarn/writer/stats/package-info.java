/**
 * Statistics for planners, written beside a snapshot: sketches of the distinct values of columns, made while the rows are
 * written, and counts by partition. They never make a write fail.
 *
 * <p>Start reading at {@link dev.tarn.writer.stats.TableStatistics}.
 */
@NullMarked
package dev.tarn.writer.stats;

import org.jspecify.annotations.NullMarked;
