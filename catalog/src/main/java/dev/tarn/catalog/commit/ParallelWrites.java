package dev.tarn.catalog.commit;

import dev.tarn.common.NamedThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes the metadata files of one transaction at the same time. When all writers are busy, the thread that asks does
 * the work itself, so that a full pool slows down and never refuses. Thread-safe. Whoever makes it closes it.
 */
public final class ParallelWrites implements AutoCloseable {
    private final ThreadPoolExecutor executor;

    /** Writes on so many threads beside those that ask. */
    public ParallelWrites(int threads) {
        this.executor = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(threads),
                new NamedThreads("catalog-metadata-writer"),
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /**
     * Runs all writes and returns when every one has ended.
     *
     * @throws RuntimeException the first failure in the order of the list, with the others as suppressed
     */
    public void run(List<Runnable> writes) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (Runnable write : writes.subList(Math.min(1, writes.size()), writes.size())) {
            running.add(CompletableFuture.runAsync(write, executor));
        }
        List<RuntimeException> failures = new ArrayList<>();
        if (!writes.isEmpty()) {
            try {
                writes.get(0).run();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        for (CompletableFuture<Void> write : running) {
            try {
                write.join();
            } catch (CompletionException e) {
                failures.add(e.getCause() instanceof RuntimeException cause ? cause : e);
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.get(0);
            failures.subList(1, failures.size()).forEach(first::addSuppressed);
            throw first;
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
