package dev.tarn.catalog.tasks;

import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases tasks that are due and runs them on a few workers. Several servers may do so over one store: a task is with one
 * of them at a time, and goes to another when its lease is over. Thread-safe; whoever starts it closes it. Does not own
 * the store.
 */
public final class TaskRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

    /** Longer problems say no more, and would fill the store. */
    private static final int MAX_PROBLEM_LENGTH = 1_000;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final TaskStore store;
    private final Map<String, TaskHandler> handlers = new TreeMap<>();
    private final TaskLimits limits;
    private final String owner;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final ExecutorService workers;
    private final Thread poller;
    private final Semaphore free;
    private final Semaphore wakeUps = new Semaphore(0);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Set<TaskProgress> running = ConcurrentHashMap.newKeySet();
    private long leases;

    private TaskRunner(
            TaskStore store,
            List<TaskHandler> handlers,
            TaskLimits limits,
            String owner,
            Clock clock,
            MeterRegistry metrics) {
        this.store = store;
        handlers.forEach(handler -> this.handlers.put(handler.kind(), handler));
        this.limits = limits;
        this.owner = owner;
        this.clock = clock;
        this.metrics = metrics;
        this.free = new Semaphore(limits.workers());
        this.workers = Executors.newFixedThreadPool(limits.workers(), new NamedThreads("catalog-task"));
        this.poller = new NamedThreads("catalog-tasks").newThread(this::poll);
    }

    /**
     * Starts to run tasks.
     *
     * @param owner names this server among all that share the store
     */
    public static TaskRunner start(
            TaskStore store,
            List<TaskHandler> handlers,
            TaskLimits limits,
            String owner,
            Clock clock,
            MeterRegistry metrics) {
        TaskRunner runner = new TaskRunner(store, handlers, limits, owner, clock, metrics);
        runner.poller.start();
        return runner;
    }

    /** Looks for due tasks now and not only at the next poll. */
    public void wakeUp() {
        if (wakeUps.availablePermits() == 0) {
            wakeUps.release();
        }
    }

    /** Takes no new task, and asks those that run to stop where they are. */
    public void stop() {
        stopped.countDown();
        wakeUp();
    }

    /** Stops, and waits for the tasks that run. */
    public void drain(Duration atMost) {
        stop();
        try {
            poller.join(Math.max(1, atMost.toMillis()));
            workers.shutdown();
            if (!workers.awaitTermination(Math.max(0, atMost.toMillis()), TimeUnit.MILLISECONDS)) {
                LOG.info("{} tasks still run; their leases end by themselves", running.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        workers.shutdownNow();
        drain(CLOSE_TIMEOUT);
    }

    private void poll() {
        long renewedAt = System.nanoTime();
        while (stopped.getCount() > 0) {
            try {
                handlers.values().forEach(this::leaseAndRun);
                if (System.nanoTime() - renewedAt >= limits.renewal().toNanos()) {
                    running.forEach(this::renew);
                    renewedAt = System.nanoTime();
                }
            } catch (RuntimeException e) {
                LOG.warn("Cannot look for tasks; trying again: {}", e.getMessage());
            }
            awaitNextLook();
        }
    }

    private void awaitNextLook() {
        Duration next =
                limits.pollInterval().compareTo(limits.renewal()) < 0 ? limits.pollInterval() : limits.renewal();
        try {
            if (wakeUps.tryAcquire(next.toMillis(), TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped.countDown();
        }
    }

    private void leaseAndRun(TaskHandler handler) {
        int room = free.availablePermits();
        if (room == 0 || stopped.getCount() == 0) {
            return;
        }
        Instant now = clock.instant();
        // A name of its own for every lease: an attempt whose lease ran out must not be taken for the one after it.
        String holder = owner + "#" + leases++;
        for (TaskRecord task : store.lease(handler.kind(), holder, now, now.plus(limits.lease()), room)) {
            // Only this thread acquires, so that there is room for every task that was asked for.
            free.acquireUninterruptibly();
            TaskProgress progress = new TaskProgress(store, task, holder, limits.lease(), clock, stopped);
            running.add(progress);
            try {
                workers.execute(() -> run(handler, progress));
            } catch (RejectedExecutionException e) {
                running.remove(progress); // The server stops: the lease ends by itself.
                return;
            }
        }
    }

    private void renew(TaskProgress progress) {
        try {
            progress.renew();
        } catch (RuntimeException e) {
            LOG.warn("Cannot renew the lease of task {}: {}", progress.task().id(), e.getMessage());
        }
    }

    private void run(TaskHandler handler, TaskProgress progress) {
        TaskRecord task = progress.task();
        try {
            String outcome = attempt(handler, progress);
            Counter.builder("tarn.catalog.tasks")
                    .description("Attempts of background tasks, by kind and outcome")
                    .tag("kind", handler.kind())
                    .tag("outcome", outcome)
                    .register(metrics)
                    .increment();
        } catch (RuntimeException e) {
            // The store did not take the outcome: the lease ends by itself, and the task is tried again.
            LOG.warn("Cannot record the outcome of task {}", task.id(), e);
        } finally {
            running.remove(progress);
            free.release();
            wakeUp();
        }
    }

    private String attempt(TaskHandler handler, TaskProgress progress) {
        TaskRecord task = progress.task();
        try {
            handler.run(task, progress);
            boolean unused = store.finish(task.id(), progress.owner());
            return "done";
        } catch (TaskStoppedException e) {
            LOG.info("{}; it goes on later", e.getMessage());
            giveBack(progress, task.problem(), clock.instant());
            return "stopped";
        } catch (TaskPostponedException e) {
            giveBack(progress, e.reason(), e.dueAt());
            return "postponed";
        } catch (RuntimeException | Error e) {
            Instant next = clock.instant().plus(limits.pauseAfter(task.attempts()));
            LOG.warn(
                    "Task {} of kind {} failed at attempt {} and is tried again at {}",
                    task.id(),
                    task.kind(),
                    task.attempts(),
                    next,
                    e);
            giveBack(progress, problem(e), next);
            return "failed";
        }
    }

    /** Without effect if the lease was lost meanwhile: then somebody else has the task. */
    private void giveBack(TaskProgress progress, String problem, Instant dueAt) {
        boolean unused = store.retry(progress.task().id(), progress.owner(), progress.cursor(), problem, dueAt);
    }

    /** Messages of Tarn's own failures hold no secrets; those of others are not known. */
    private static String problem(Throwable failure) {
        String text = failure instanceof TarnException
                ? Optional.ofNullable(failure.getMessage()).orElse("")
                : "Failed with %s; the server's log says why"
                        .formatted(failure.getClass().getSimpleName());
        return text.length() > MAX_PROBLEM_LENGTH ? text.substring(0, MAX_PROBLEM_LENGTH) : text;
    }
}
