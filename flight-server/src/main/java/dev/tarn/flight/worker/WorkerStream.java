package dev.tarn.flight.worker;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running result of a statement. Read by one thread; {@link #abandon} may come from any. Closing it stops the work in
 * the engine.
 */
public final class WorkerStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerStream.class);

    private final FrameChannel channel;
    private final ArrowStreamReader reader;

    WorkerStream(FrameChannel channel, BufferAllocator allocator) {
        this.channel = channel;
        this.reader = new ArrowStreamReader(new DataFrameInput(channel), allocator);
    }

    /**
     * Waits for the next batch; false at the end.
     *
     * @throws EngineFailure if the engine broke the statement off
     * @throws dev.tarn.common.TarnException UNAVAILABLE if the process died or the stream was abandoned
     */
    public boolean next() {
        try {
            return reader.loadNextBatch();
        } catch (IOException e) {
            throw EngineWorker.died(e);
        }
    }

    /** The current batch; valid until the next call of {@link #next} or {@link #close}. */
    public VectorSchemaRoot batch() {
        try {
            return reader.getVectorSchemaRoot();
        } catch (IOException e) {
            throw EngineWorker.died(e);
        }
    }

    /** Hangs up, which makes a waiting {@link #next} fail and the engine stop. */
    public void abandon() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Cannot close a connection to the query engine", e);
        }
    }

    @Override
    public void close() {
        abandon();
        try {
            reader.close();
        } catch (IOException e) {
            LOG.debug("Cannot close a result of the query engine", e);
        }
    }
}
