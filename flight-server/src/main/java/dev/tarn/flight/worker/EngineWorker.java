package dev.tarn.flight.worker;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.worker.FrameChannel.Frame;
import dev.tarn.flight.worker.WorkerRequest.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded engine as the gateway sees it: a child process that is started at once, in the background, and again
 * whenever it dies. A dead process fails the statements that ran in it and no others. Thread-safe; closing it ends the
 * process.
 */
public final class EngineWorker implements AutoCloseable {
    /** Name of the SQL function that tells whether a row is not deleted; not for clients. */
    public static final String KEEPS_ROW = "tarn_keeps_row";

    static final int TOKEN_BYTES = 32;

    private static final Logger LOG = LoggerFactory.getLogger(EngineWorker.class);

    /** A start takes well under a second; this is for machines that are very busy. */
    private static final long START_SECONDS = 30;

    /** Starts in a row that ended before they were ready; then the engine stays down and says so. */
    private static final int MAX_FAILED_STARTS = 5;

    private final WorkerSettings settings;
    private @Nullable WorkerProcess current;
    private int failedStarts;
    private boolean closed;

    /**
     * The schemas of a statement.
     *
     * @param result of its rows
     * @param parameters one field per parameter
     */
    public record Described(Schema result, Schema parameters) {}

    /**
     * A statement to run.
     *
     * @param sql in the engine's dialect, over local files
     * @param deletedRows by set number as used in the text, then by file index
     * @param batchRows rows per batch at most
     * @param timeoutMillis the engine stops the statement after this; 0 for never
     */
    public record Execution(
            String sql, Map<Long, Map<Integer, RoaringBitmap>> deletedRows, long batchRows, long timeoutMillis) {}

    private EngineWorker(WorkerSettings settings) {
        this.settings = settings;
    }

    /** Starts the process in the background. The caller closes the result. */
    public static EngineWorker start(WorkerSettings settings) {
        EngineWorker worker = new EngineWorker(settings);
        worker.launch();
        return worker;
    }

    /** What keeps statements from being run; absent when all is well. */
    public synchronized Optional<String> problem() {
        WorkerProcess process = current;
        if (process == null) {
            return Optional.of("the query engine's process is not running");
        }
        boolean ready = process.ready().isDone() && !process.ready().isCompletedExceptionally();
        return ready ? Optional.empty() : Optional.of("the query engine's process is starting");
    }

    /** The process that statements go to now; absent while there is none. */
    public synchronized OptionalLong pid() {
        return current == null ? OptionalLong.empty() : OptionalLong.of(current.pid());
    }

    /**
     * The engine's syntax tree of a statement as JSON, also for one that it cannot parse.
     *
     * @throws EngineFailure if the engine gives up
     * @throws TarnException UNAVAILABLE if the process died
     */
    public String parse(String sql) {
        try (FrameChannel channel = begin(new WorkerRequest(Operation.PARSE, sql, 0, 0))) {
            channel.write(FrameType.START, new byte[0]);
            Frame frame = channel.read();
            if (frame.type() == FrameType.ERROR) {
                throw new EngineFailure(frame.text());
            }
            return frame.text();
        } catch (IOException e) {
            throw died(e);
        }
    }

    /**
     * Binds a statement without running it.
     *
     * @throws EngineFailure if the engine refuses it
     * @throws TarnException UNAVAILABLE if the process died
     */
    public Described describe(String sql, BufferAllocator allocator) {
        try (FrameChannel channel = begin(new WorkerRequest(Operation.DESCRIBE, sql, 0, 0))) {
            channel.write(FrameType.START, new byte[0]);
            DataFrameInput input = new DataFrameInput(channel);
            return new Described(readSchema(input, allocator), readSchema(input, allocator));
        } catch (IOException e) {
            throw died(e);
        }
    }

    /**
     * Starts a statement. The caller closes the stream.
     *
     * @param parameters one row, read before this returns; null where there are none
     * @param allocator owns the memory of the batches
     * @throws TarnException UNAVAILABLE if the process died
     */
    public WorkerStream execute(Execution execution, @Nullable VectorSchemaRoot parameters, BufferAllocator allocator) {
        WorkerRequest request =
                new WorkerRequest(Operation.EXECUTE, execution.sql(), execution.batchRows(), execution.timeoutMillis());
        FrameChannel channel = begin(request);
        try {
            for (var set : execution.deletedRows().entrySet()) {
                for (var file : set.getValue().entrySet()) {
                    channel.write(FrameType.DELETES, deletes(set.getKey(), file.getKey(), file.getValue()));
                }
            }
            if (parameters != null) {
                channel.write(FrameType.PARAMETERS, toIpc(parameters));
            }
            channel.write(FrameType.START, new byte[0]);
            return new WorkerStream(channel, allocator);
        } catch (IOException | RuntimeException e) {
            closeQuietly(channel);
            throw e instanceof IOException io ? died(io) : (RuntimeException) e;
        }
    }

    @Override
    public void close() {
        WorkerProcess process;
        synchronized (this) {
            closed = true;
            process = current;
            current = null;
        }
        if (process != null) {
            process.close();
        }
    }

    static TarnException died(IOException cause) {
        return new TarnException(
                ErrorKind.UNAVAILABLE, "The query engine's process ended during this statement; repeat it", cause);
    }

    private FrameChannel begin(WorkerRequest request) {
        FrameChannel channel = readyProcess().connect();
        try {
            channel.write(FrameType.REQUEST, request.toJson());
            return channel;
        } catch (IOException e) {
            closeQuietly(channel);
            throw died(e);
        }
    }

    private WorkerProcess readyProcess() {
        WorkerProcess process;
        synchronized (this) {
            process = current;
        }
        if (process == null) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "The query engine's process does not run; see the log of the gateway");
        }
        CompletableFuture<Void> ready = process.ready();
        try {
            ready.get(START_SECONDS, TimeUnit.SECONDS);
            return process;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while the query engine was starting", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "The query engine's process is not ready; repeat the statement", e);
        }
    }

    private synchronized void launch() {
        if (closed) {
            return;
        }
        try {
            WorkerProcess process = WorkerProcess.start(settings);
            current = process;
            LOG.info("Query engine process {} started", process.pid());
            CompletableFuture<Void> replaced =
                    process.onExit().thenAccept(ended -> replace(process, ended.exitValue()));
            replaced.exceptionally(failure -> {
                LOG.error("The query engine's process cannot be replaced", failure);
                return null;
            });
        } catch (IOException e) {
            current = null;
            LOG.error("The query engine's process cannot be started", e);
        }
    }

    private void replace(WorkerProcess ended, int exitValue) {
        boolean neverReady = !ended.ready().isDone() || ended.ready().isCompletedExceptionally();
        ended.close();
        synchronized (this) {
            if (closed || current != ended) {
                return;
            }
            current = null;
            failedStarts = neverReady ? failedStarts + 1 : 0;
            LOG.warn("Query engine process {} ended with {}", ended.pid(), exitValue);
            if (failedStarts >= MAX_FAILED_STARTS) {
                LOG.error("The query engine's process ended {} times before it was ready; it stays down", failedStarts);
                return;
            }
            launch();
        }
    }

    private static Schema readSchema(DataFrameInput input, BufferAllocator allocator) throws IOException {
        try (ArrowStreamReader reader = new ArrowStreamReader(input, allocator)) {
            Schema schema = reader.getVectorSchemaRoot().getSchema();
            reader.loadNextBatch(); // Consumes the end mark, so that a second stream can follow.
            return schema;
        }
    }

    private static ByteBuffer deletes(long set, int file, RoaringBitmap positions) {
        positions.runOptimize();
        ByteBuffer payload = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + positions.serializedSizeInBytes());
        payload.putLong(set).putInt(file);
        ByteBuffer rest = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
        positions.serialize(rest);
        return payload.rewind();
    }

    private static byte[] toIpc(VectorSchemaRoot parameters) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArrowStreamWriter writer = new ArrowStreamWriter(parameters, null, Channels.newChannel(bytes))) {
            writer.start();
            writer.writeBatch();
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot encode the parameters", e);
        }
        return bytes.toByteArray();
    }

    private static void closeQuietly(FrameChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Cannot close a connection to the query engine", e);
        }
    }
}
