package dev.tarn.flight.worker;

import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBConnection;

/**
 * What all sessions of a worker share.
 *
 * @param database to be duplicated, never used for statements
 * @param allocator parent of all Arrow memory
 * @param deletedRows positions that running statements leave out
 */
record WorkerEngine(DuckDBConnection database, BufferAllocator allocator, DeletedRows deletedRows) {}
