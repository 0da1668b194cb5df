/**
 * Arrow batches to one Parquet file, column by column, without assembling records. A batch is bound to the leaf columns of
 * the file ({@code LeafBinding}), shredded into levels and positions ({@code Shredding}), copied into the page of each column
 * ({@code ValueSource}, {@code PageBuffer}), and full pages are encoded in the cheapest way ({@code ColumnEncoder}).
 *
 * <p>Start reading at {@link dev.tarn.writer.parquet.ParquetBatchWriter}.
 */
@NullMarked
package dev.tarn.writer.parquet;

import org.jspecify.annotations.NullMarked;
