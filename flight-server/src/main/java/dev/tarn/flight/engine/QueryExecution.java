package dev.tarn.flight.engine;

import org.apache.arrow.vector.VectorSchemaRoot;

/** A running statement. Batches are read by one thread; {@link #cancel} and {@link #progress} may come from any. */
public interface QueryExecution extends AutoCloseable {
    /** Identifies this run in logs, metrics and cancel requests. */
    String id();

    /**
     * Waits for the next batch.
     *
     * @return whether {@link #batch} now holds new rows; false once at the end
     * @throws dev.tarn.common.TarnException with the reason if the statement failed, CANCELLED if it was cancelled
     */
    boolean next();

    /** The current batch; valid until the next call of {@link #next} or {@link #close}. */
    VectorSchemaRoot batch();

    /** Ends the work soon, from any thread; a waiting {@link #next} then throws CANCELLED. Harmless at any time. */
    void cancel();

    /** How far the work is. */
    QueryProgress progress();

    /** Ends the work if it still runs and frees the current batch. */
    @Override
    void close();
}
