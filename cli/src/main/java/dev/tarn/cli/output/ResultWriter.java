package dev.tarn.cli.output;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Prints one result: {@link #begin} once, {@link #batch} any number of times, {@link #end} once. Not thread-safe. Flushes
 * the stream it was given at the end and leaves it open.
 */
public interface ResultWriter {
    /** Starts the result. */
    void begin(Schema schema);

    /** Prints the rows of a batch; the batch may change after this returns. */
    void batch(VectorSchemaRoot rows);

    /** Completes the result. */
    void end();
}
