/**
 * The writer library: Arrow batches, rows and files become Parquet files and one Iceberg commit, with any catalog. Its
 * layers, from below: {@code arrow}, {@code parquet}, {@code files}, {@code commit}, {@code ingest}, {@code copy}.
 *
 * <p>Start reading at {@link dev.tarn.writer.ingest.Ingest}.
 */
@NullMarked
package dev.tarn.writer;

import org.jspecify.annotations.NullMarked;
