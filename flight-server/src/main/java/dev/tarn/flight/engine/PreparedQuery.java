package dev.tarn.flight.engine;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A statement that is bound to its tables and snapshots and can run any number of times. Thread-safe. */
public interface PreparedQuery extends AutoCloseable {
    /** The statement as it was given. */
    String sql();

    /** The schema of the result; no fields for a statement that returns no rows. */
    Schema resultSchema();

    /** One field per parameter, in order; no fields where there are none. */
    Schema parameterSchema();

    /** Whether the statement changes something instead of returning rows. */
    boolean isUpdate();

    /**
     * Starts the statement. The caller closes the execution, which ends it.
     *
     * @param parameters one row with a column per parameter, read before this method returns; null where there are none
     * @param allocator owns the memory of every batch; closed by the caller after the execution
     * @throws dev.tarn.common.TarnException INVALID for parameters that do not fit, OVERLOADED if the engine is full
     */
    QueryExecution execute(@Nullable VectorSchemaRoot parameters, BufferAllocator allocator);

    @Override
    void close();
}
