/**
 * Arrow batches to one Parquet file, column by column, without assembling records.
 *
 * <p>Start reading at {@link dev.tarn.writer.parquet.ParquetBatchWriter}.
 */
@NullMarked
package dev.tarn.writer.parquet;

import org.jspecify.annotations.NullMarked;
