package dev.tarn.catalog.tasks;

import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.TaskStore;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How far one attempt of a task has come. Thread-safe. */
public final class TaskProgress {
    private final TaskStore store;
    private final TaskRecord task;
    private final String owner;
    private final Duration lease;
    private final Clock clock;
    private final CountDownLatch stopped;
    private String cursor;
    private boolean lost;

    TaskProgress(TaskStore store, TaskRecord task, String owner, Duration lease, Clock clock, CountDownLatch stopped) {
        this.store = store;
        this.task = task;
        this.owner = owner;
        this.lease = lease;
        this.clock = clock;
        this.stopped = stopped;
        this.cursor = task.cursor();
    }

    /**
     * Remembers how far the work has come, durably when this returns. To be called before the first step that the step
     * before could not be repeated after.
     *
     * @throws TaskStoppedException if the server stops or another one has the task
     */
    public void save(String reached) {
        note(reached);
        renew();
        check();
    }

    /**
     * Remembers how far the work has come, durably with the next renewal of the lease.
     *
     * @throws TaskStoppedException if the server stops or another one has the task
     */
    public void note(String reached) {
        check();
        synchronized (this) {
            cursor = reached;
        }
    }

    /**
     * Lets some time go by.
     *
     * @throws TaskStoppedException if the server stops or another one has the task
     */
    public void pause(Duration time) {
        try {
            boolean unused = stopped.await(Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskStoppedException("Interrupted while a task paused");
        }
        check();
    }

    /**
     * To be called before every step that changes something.
     *
     * @throws TaskStoppedException if the server stops or another one has the task
     */
    public void check() {
        synchronized (this) {
            if (lost) {
                throw new TaskStoppedException("Task %s is no longer this server's".formatted(task.id()));
            }
        }
        if (stopped.getCount() == 0 || Thread.currentThread().isInterrupted()) {
            throw new TaskStoppedException("The server stops while task %s runs".formatted(task.id()));
        }
    }

    TaskRecord task() {
        return task;
    }

    String owner() {
        return owner;
    }

    synchronized String cursor() {
        return cursor;
    }

    /** Keeps the lease and the cursor. */
    synchronized void renew() {
        if (!lost && !store.renew(task.id(), owner, cursor, clock.instant().plus(lease))) {
            lost = true;
        }
    }
}
