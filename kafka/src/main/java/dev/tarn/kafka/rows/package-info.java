/**
 * Decoded records to rows of a table: matched by name, converted without guessing, buffered in Arrow batches.
 *
 * <p>Start reading at {@link dev.tarn.kafka.rows.RowMapper}.
 */
@NullMarked
package dev.tarn.kafka.rows;

import org.jspecify.annotations.NullMarked;
