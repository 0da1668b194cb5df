package dev.tarn.flight.results;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryExecution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/**
 * A planned statement that a ticket names. It owns its {@link PreparedQuery}, which it closes when it is closed itself
 * and its last run has ended. Thread-safe.
 */
public final class OpenQuery {
    private final String id;
    private final String principal;
    private final PreparedQuery query;
    private final Optional<ParameterRows> parameters;
    private final Instant createdAt;

    @GuardedBy("this")
    private final Set<QueryExecution> running = new HashSet<>();

    @GuardedBy("this")
    private Instant expiresAt;

    /** Runs that have begun and not ended; more than {@link #running} while one is being started. */
    @GuardedBy("this")
    private int runs;

    @GuardedBy("this")
    private boolean cancelled;

    @GuardedBy("this")
    private boolean closed;

    OpenQuery(
            String id,
            String principal,
            PreparedQuery query,
            Optional<ParameterRows> parameters,
            Instant createdAt,
            Instant expiresAt) {
        this.id = id;
        this.principal = principal;
        this.query = query;
        this.parameters = parameters;
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
    }

    /** Names the statement in tickets, logs and metrics. */
    public String id() {
        return id;
    }

    /** Who planned it. */
    public String principal() {
        return principal;
    }

    /** What it returns. */
    public PreparedQuery query() {
        return query;
    }

    /** When its ticket ends. */
    public synchronized Instant expiresAt() {
        return expiresAt;
    }

    Instant createdAt() {
        return createdAt;
    }

    synchronized void extendTo(Instant newExpiry) {
        expiresAt = newExpiry;
    }

    /**
     * Runs a statement that changes something, to its end.
     *
     * @return the number of rows that it changed, as the engine counts them
     */
    long runUpdate(BufferAllocator allocator) {
        QueryExecution execution = begin(allocator);
        try {
            while (execution.next()) {
                // An update returns no rows; what an engine sends all the same is not for the client.
            }
            return execution.progress().rows();
        } finally {
            end(execution);
        }
    }

    /** Starts a run, to be ended with {@link #end}. */
    QueryExecution begin(BufferAllocator allocator) {
        synchronized (this) {
            if (closed || cancelled) {
                throw ended();
            }
            runs++;
        }
        try {
            QueryExecution execution = execute(allocator);
            synchronized (this) {
                if (!cancelled) {
                    running.add(execution);
                    return execution;
                }
            }
            execution.close();
            throw ended();
        } catch (RuntimeException e) {
            runEnded();
            throw e;
        }
    }

    void end(QueryExecution execution) {
        synchronized (this) {
            running.remove(execution);
        }
        try {
            execution.close();
        } finally {
            runEnded();
        }
    }

    /** Stops every run, now and later. */
    void cancel() {
        List<QueryExecution> toCancel;
        synchronized (this) {
            cancelled = true;
            toCancel = List.copyOf(running);
        }
        toCancel.forEach(QueryExecution::cancel);
    }

    /** Refuses further runs, and frees the plan once the last run has ended. */
    void close() {
        boolean last;
        synchronized (this) {
            last = !closed && runs == 0;
            closed = true;
        }
        if (last) {
            query.close();
        }
    }

    private QueryExecution execute(BufferAllocator allocator) {
        if (parameters.isEmpty()) {
            return query.execute(null, allocator);
        }
        try (ArrowStreamReader reader = parameters.get().open(allocator)) {
            reader.loadNextBatch();
            return query.execute(reader.getVectorSchemaRoot(), allocator);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the parameter values of query " + id, e);
        }
    }

    private void runEnded() {
        boolean last;
        synchronized (this) {
            runs--;
            last = closed && runs == 0;
        }
        if (last) {
            query.close();
        }
    }

    private synchronized TarnException ended() {
        return cancelled
                ? new TarnException(ErrorKind.CANCELLED, "Query %s was cancelled".formatted(id))
                : new TarnException(ErrorKind.NOT_FOUND, "Query %s has ended; send the statement anew".formatted(id));
    }
}
