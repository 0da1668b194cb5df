/**
 * Between Iceberg and Arrow: schemas in both directions, and rows transposed into batches.
 *
 * <p>Start reading at {@link dev.tarn.writer.arrow.ArrowSchemas}.
 */
@NullMarked
package dev.tarn.writer.arrow;

import org.jspecify.annotations.NullMarked;
