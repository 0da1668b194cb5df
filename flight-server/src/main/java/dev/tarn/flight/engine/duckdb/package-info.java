/**
 * The embedded engine: DuckDB in a worker process over files that Iceberg planned.
 *
 * <p>Start reading at {@link dev.tarn.flight.engine.duckdb.DuckDbQueryEngine}.
 */
@NullMarked
package dev.tarn.flight.engine.duckdb;

import org.jspecify.annotations.NullMarked;
