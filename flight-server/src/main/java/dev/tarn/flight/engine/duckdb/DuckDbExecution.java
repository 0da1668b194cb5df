package dev.tarn.flight.engine.duckdb;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.QueryExecution;
import dev.tarn.flight.engine.QueryProgress;
import dev.tarn.flight.scan.StatementScan;
import dev.tarn.flight.worker.EngineFailure;
import dev.tarn.flight.worker.WorkerStream;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** One run of a statement in the worker process. */
final class DuckDbExecution implements QueryExecution {
    private final String id = UUID.randomUUID().toString();
    private final DuckDbQueryEngine engine;
    private final WorkerStream stream;
    private final StatementScan.Fetched readable;
    private final long startNanos = System.nanoTime();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile boolean finished;
    private final AtomicLong rows = new AtomicLong();

    DuckDbExecution(DuckDbQueryEngine engine, WorkerStream stream, StatementScan.Fetched readable) {
        this.engine = engine;
        this.stream = stream;
        this.readable = readable;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean next() {
        refuseCancelled(null);
        if (finished) {
            return false;
        }
        try {
            boolean more = stream.next();
            rows.addAndGet(more ? stream.batch().getRowCount() : 0);
            finished = !more;
            return more;
        } catch (EngineFailure e) {
            refuseCancelled(e);
            TarnException failure = EngineErrors.translate(e);
            throw failure.kind() == ErrorKind.CANCELLED ? timedOut(failure) : failure;
        } catch (RuntimeException e) {
            refuseCancelled(e);
            throw e;
        }
    }

    @Override
    public VectorSchemaRoot batch() {
        return stream.batch();
    }

    @Override
    public void cancel() {
        cancelled = true;
        stream.abandon();
    }

    @Override
    public QueryProgress progress() {
        return new QueryProgress(
                finished ? 1 : 0, rows.get(), readable.filesPlanned(), readable.filesPruned(), readable.bytesPlanned());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            engine.remove(this);
            try {
                stream.close();
            } finally {
                readable.close();
                engine.leave();
            }
        }
    }

    private void refuseCancelled(@Nullable RuntimeException cause) {
        if (cancelled) {
            throw new TarnException(ErrorKind.CANCELLED, "The statement was cancelled", cause);
        }
    }

    /** The engine was interrupted, but not by the caller: the worker's clock did it. */
    private TarnException timedOut(TarnException failure) {
        Duration limit = engine.settings().statementTimeout();
        boolean late = System.nanoTime() - startNanos >= limit.toNanos();
        return late
                ? new TarnException(
                        ErrorKind.DEADLINE,
                        "The statement ran longer than %s; select less or raise engine.statement-timeout"
                                .formatted(limit),
                        failure)
                : failure;
    }
}
