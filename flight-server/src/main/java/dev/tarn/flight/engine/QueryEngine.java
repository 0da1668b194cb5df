package dev.tarn.flight.engine;

import dev.tarn.common.ReadinessCheck;

/** Runs SQL. Thread-safe; closing it cancels what runs. */
public interface QueryEngine extends AutoCloseable {
    /** Short name as used in the session option {@code engine}: {@code duckdb} or {@code trino}. */
    String name();

    /**
     * Parses and binds a statement without running it. Tables are resolved against the catalog as the caller, and the
     * snapshots found are pinned for every later execution of the result. The caller closes the result.
     *
     * @throws dev.tarn.common.TarnException INVALID for bad SQL (position and nearest name), NOT_FOUND for an unknown
     *     table or column, UNSUPPORTED for statements that this engine does not run, FORBIDDEN, UNAVAILABLE
     */
    PreparedQuery prepare(String sql, QueryContext context);

    /** Whether queries can be taken now. */
    ReadinessCheck readiness();

    @Override
    void close();
}
