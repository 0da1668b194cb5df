package dev.tarn.catalog.planning;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends a plan that takes too long or that nobody wants any more. Thread-safe. */
final class PlanDeadline {
    private final Duration limit;
    private final long endNanos;
    private volatile boolean cancelled;

    PlanDeadline(Duration limit) {
        this.limit = limit;
        this.endNanos = System.nanoTime() + limit.toNanos();
    }

    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /**
     * Goes on only if there is a reason to.
     *
     * @throws TarnException CANCELLED or DEADLINE
     */
    void check() {
        if (cancelled) {
            throw new TarnException(ErrorKind.CANCELLED, "The plan was cancelled");
        }
        if (System.nanoTime() - endNanos > 0) {
            throw tooLate();
        }
    }

    /** Waits for something no longer than to the end. */
    <T> T await(CompletableFuture<T> future) {
        check();
        try {
            return future.get(Math.max(1, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw tooLate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "The server stops", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new TarnException(ErrorKind.INTERNAL, "A manifest could not be decoded", e.getCause());
        }
    }

    private TarnException tooLate() {
        return new TarnException(
                ErrorKind.DEADLINE,
                "Planning took longer than %s; ask for fewer files by a narrower filter".formatted(limit));
    }
}
