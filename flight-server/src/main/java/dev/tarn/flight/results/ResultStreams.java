package dev.tarn.flight.results;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.QueryExecution;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends results on a bounded number of own threads, never faster than the client reads. A call that comes when all
 * threads are busy waits in a bounded queue; one more is refused. Thread-safe; closed by its maker.
 */
public final class ResultStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultStreams.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final ThreadPoolExecutor threads;
    private final QueryAllocators allocators;
    private final Duration stallTimeout;
    private final StreamMetrics metrics;
    private final Object ended = new Object();

    /**
     * Starts the threads as they are needed.
     *
     * @param maxStreams streams that are sent at the same time
     * @param maxWaiting streams that wait for one of them to end
     */
    public ResultStreams(
            int maxStreams, int maxWaiting, Duration stallTimeout, QueryAllocators allocators, MeterRegistry metrics) {
        this.threads = new ThreadPoolExecutor(
                maxStreams,
                maxStreams,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(maxWaiting),
                new NamedThreads("tarn-flight-stream"));
        threads.allowCoreThreadTimeOut(true);
        this.allocators = allocators;
        this.stallTimeout = stallTimeout;
        this.metrics = new StreamMetrics(metrics);
    }

    /** Something that writes one answer. It may call the listener's data methods; start and end are done around it. */
    @FunctionalInterface
    public interface Answer {
        /** Writes everything, and returns; a failure ends the stream with its status. */
        void writeTo(AnswerSink sink);
    }

    /** Sends the result of a query. Returns at once. */
    public void send(OpenQuery open, ServerStreamListener listener) {
        ClientFlow flow = new ClientFlow(listener, stallTimeout);
        submit(flow, listener, () -> sendResult(open, flow, listener));
    }

    /** Sends an answer that is made while it is sent, as metadata are. Returns at once. */
    public void send(Answer answer, ServerStreamListener listener) {
        ClientFlow flow = new ClientFlow(listener, stallTimeout);
        submit(flow, listener, () -> answer.writeTo(new AnswerSink(listener, flow, allocators)));
    }

    /** Runs work that ends the stream by itself. Returns at once. */
    public void run(Runnable work, ServerStreamListener listener) {
        ClientFlow flow = new ClientFlow(listener, stallTimeout);
        submit(flow, listener, work);
    }

    /** How many streams are being sent. */
    public int active() {
        return metrics.active() + threads.getQueue().size();
    }

    /** Waits until nothing is being sent, the time is over, or the thread is interrupted. */
    public void awaitIdle(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (ended) {
            try {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                while (active() > 0 && left > 0) {
                    ended.wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops taking streams, and waits for a moment until the threads have ended. */
    @Override
    public void close() {
        threads.shutdownNow().forEach(Runnable::run);
        try {
            // Everything has been cancelled by now; an engine that does not answer must not hold the process.
            if (!threads.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("A result is still being sent at the end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void submit(ClientFlow flow, ServerStreamListener listener, Runnable work) {
        try {
            threads.execute(() -> runAndReport(flow, listener, work));
        } catch (RejectedExecutionException e) {
            metrics.refused();
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "%d results are being sent and %d wait, the most that settings 'flight.max-streams' and"
                                    .formatted(
                                            threads.getMaximumPoolSize(),
                                            threads.getQueue().size())
                            + " 'flight.max-waiting-streams' allow; try again later",
                    e);
        }
    }

    private void runAndReport(ClientFlow flow, ServerStreamListener listener, Runnable work) {
        if (flow.isCancelled()) {
            return;
        }
        long start = System.nanoTime();
        metrics.began();
        try {
            work.run();
            metrics.succeeded();
        } catch (RuntimeException e) {
            metrics.failed(e);
            if (!flow.isCancelled()) {
                listener.error(FlightErrors.toFlight(e));
            }
        } finally {
            metrics.ended(Duration.ofNanos(System.nanoTime() - start));
            synchronized (ended) {
                ended.notifyAll();
            }
        }
    }

    private void sendResult(OpenQuery open, ClientFlow flow, ServerStreamListener listener) {
        BufferAllocator allocator = allocators.open("query-" + open.id());
        try (VectorSchemaRoot target = VectorSchemaRoot.create(open.query().resultSchema(), allocator)) {
            if (open.query().isUpdate()) {
                // It has run when it was planned, and returns no rows however often its ticket comes.
                listener.start(target);
            } else {
                sendRun(open, flow, listener, target, allocator);
            }
            listener.completed();
        } finally {
            allocators.retire(allocator);
        }
    }

    private void sendRun(
            OpenQuery open,
            ClientFlow flow,
            ServerStreamListener listener,
            VectorSchemaRoot target,
            BufferAllocator allocator) {
        QueryExecution execution = open.begin(allocator);
        try {
            flow.onCancel(execution::cancel);
            listener.setUseZeroCopy(true);
            listener.start(target);
            BatchSplitter splitter = new BatchSplitter(target, BatchSplitter.MAX_MESSAGE_BYTES);
            while (execution.next()) {
                sendBatch(execution.batch(), splitter, flow, listener, target);
            }
        } finally {
            open.end(execution);
        }
    }

    private void sendBatch(
            VectorSchemaRoot batch,
            BatchSplitter splitter,
            ClientFlow flow,
            ServerStreamListener listener,
            VectorSchemaRoot target) {
        int rows = batch.getRowCount();
        int step = Math.max(1, splitter.rowsPerMessage(batch));
        for (int first = 0; first < rows; first += step) {
            int count = Math.min(step, rows - first);
            flow.awaitReady();
            splitter.move(batch, first, count);
            metrics.sent(count, bytes(target.getFieldVectors()));
            listener.putNext();
        }
    }

    private static long bytes(List<FieldVector> vectors) {
        long bytes = 0;
        for (var vector : vectors) {
            bytes += vector.getBufferSize();
        }
        return bytes;
    }
}
