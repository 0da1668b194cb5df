package dev.tarn.catalog.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.opentelemetry.context.Context;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Lets commits to one table run one after the other, first come first served, without holding a thread while they wait.
 * Correctness never depends on it: it saves the work of commits that could only lose. A commit to several tables waits
 * in all their queues, which it enters at once, so that no two commits ever wait for each other. Thread-safe.
 */
public final class CommitQueues {
    private final Executor executor;
    private final int maxQueued;
    private final Map<String, Deque<Job>> queues = new HashMap<>();

    /** Compared by identity: two commits with the same keys are two jobs. */
    private static final class Job {
        private final Set<String> keys;
        private final Runnable work;
        private final CompletableFuture<?> result;

        Job(Set<String> keys, Runnable work, CompletableFuture<?> result) {
            this.keys = keys;
            this.work = work;
            this.result = result;
        }
    }

    /**
     * Queues whose work runs on an executor.
     *
     * @param maxQueued commits to one table, the running one included, beyond which more are refused
     */
    public CommitQueues(Executor executor, int maxQueued) {
        this.executor = executor;
        this.maxQueued = maxQueued;
    }

    /**
     * Runs work once it is the first in all its queues.
     *
     * @throws TarnException OVERLOADED at once, before any work, if a queue is full
     */
    public <T> CompletionStage<T> submit(Collection<String> keys, Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        // The work belongs to the trace of its request, whoever runs it.
        Supplier<T> traced = Context.current().wrapSupplier(work);
        Job job = new Job(
                new LinkedHashSet<>(keys),
                () -> {
                    try {
                        result.complete(traced.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                result);
        boolean first;
        synchronized (queues) {
            for (String key : job.keys) {
                Deque<Job> queue = queues.get(key);
                if (queue != null && queue.size() >= maxQueued) {
                    throw new TarnException(
                            ErrorKind.OVERLOADED,
                            "More than %d commits to the table wait; try again".formatted(maxQueued));
                }
            }
            job.keys.forEach(key ->
                    queues.computeIfAbsent(key, absent -> new ArrayDeque<>()).add(job));
            first = isFirst(job);
        }
        if (first) {
            start(job);
        }
        return result;
    }

    private void start(Job first) {
        Deque<Job> ready = new ArrayDeque<>(List.of(first));
        while (!ready.isEmpty()) {
            Job job = ready.remove();
            try {
                executor.execute(() -> {
                    job.work.run();
                    finish(job).forEach(this::start);
                });
            } catch (RejectedExecutionException e) {
                job.result.completeExceptionally(
                        new TarnException(ErrorKind.OVERLOADED, "Too many requests wait; try again", e));
                ready.addAll(finish(job));
            }
        }
    }

    /** Leaves the queues, and returns who may start now. */
    private List<Job> finish(Job job) {
        synchronized (queues) {
            Set<Job> next = new LinkedHashSet<>();
            for (String key : job.keys) {
                Deque<Job> queue = queues.getOrDefault(key, new ArrayDeque<>());
                queue.poll();
                Job head = queue.peek();
                if (head == null) {
                    queues.remove(key);
                } else {
                    next.add(head);
                }
            }
            List<Job> ready = new ArrayList<>(next);
            ready.removeIf(candidate -> !isFirst(candidate));
            return ready;
        }
    }

    private boolean isFirst(Job job) {
        return job.keys.stream()
                .allMatch(key -> queues.getOrDefault(key, new ArrayDeque<>()).peek() == job);
    }
}
