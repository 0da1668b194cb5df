package dev.tarn.writer.ingest;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Where batches come from. Used by one thread. */
public interface BatchSource {
    /** The schema of all batches. */
    org.apache.arrow.vector.types.pojo.Schema schema();

    /**
     * The next batch, or null at the end. It stays the source's and is valid until the next call.
     *
     * @throws dev.tarn.common.TarnException if the source is damaged or its rows do not fit
     */
    @Nullable
    VectorSchemaRoot next();
}
