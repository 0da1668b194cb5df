package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits for the one writer. Either the writer claims it, and then its end is waited for however long it takes, or
 * the one who queued it takes it back, and then it never runs.
 */
final class QueuedWrite<T> {
    private final SqlWork<T> work;
    private final Predicate<T> isKept;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final CompletableFuture<T> end = new CompletableFuture<>();

    /** What is told once the transaction around the work is durable. Confined to the writer. */
    private Runnable report = () -> {};

    QueuedWrite(SqlWork<T> work, Predicate<T> isKept) {
        this.work = work;
        this.isKept = isKept;
    }

    /** Makes this the only one who decides what becomes of the work. False if another one was first. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** Runs the work within a transaction that may hold other work, and leaves nothing of it behind if it is not kept. */
    void run(SqlSession session) throws SQLException {
        session.execute("SAVEPOINT work");
        boolean kept = false;
        try {
            T result = work.run(session);
            kept = isKept.test(result);
            report = () -> end.complete(result);
        } catch (SQLException e) {
            report = () -> end.completeExceptionally(new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "The catalog database failed and nothing was changed: " + e.getMessage(),
                    e));
        } catch (RuntimeException e) {
            report = () -> end.completeExceptionally(e);
        }
        if (!kept) {
            session.execute("ROLLBACK TO work");
        }
        session.execute("RELEASE work");
    }

    /** Tells how the work ended, once that is certain. */
    void succeed() {
        report.run();
    }

    void fail(Throwable failure) {
        end.completeExceptionally(failure);
    }

    /**
     * Waits for the end.
     *
     * @throws TarnException OVERLOADED if the writer did not begin in time, CANCELLED if this thread was interrupted before
     *     it did; nothing has happened then
     */
    T await(Duration atMost) {
        try {
            return end.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (claim()) {
                throw new TarnException(
                        ErrorKind.OVERLOADED, "The catalog database was busy for %s; try again".formatted(atMost), e);
            }
            return awaitWhatHasBegun(false);
        } catch (InterruptedException e) {
            if (claim()) {
                Thread.currentThread().interrupt();
                throw new TarnException(ErrorKind.CANCELLED, "Interrupted while waiting for the catalog database", e);
            }
            return awaitWhatHasBegun(true);
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        }
    }

    private T awaitWhatHasBegun(boolean wasInterrupted) {
        boolean interrupted = wasInterrupted;
        try {
            while (true) {
                try {
                    return end.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unchecked(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CancellationException("The catalog database gave no answer: " + failure);
    }
}
