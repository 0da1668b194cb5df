package dev.tarn.writer.parquet;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the columns of a file at the same time. The calling thread always takes part; daemon threads shared by all
 * writers of this process, at most one fewer than it has cores, join in when they are idle. Nothing waits in a queue.
 * Thread-safe.
 */
final class ColumnTasks {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final AtomicInteger THREAD_NUMBERS = new AtomicInteger();
    private static final int IDLE_SECONDS = 10;

    private static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
            0, Math.max(1, CORES - 1), IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), ColumnTasks::thread);

    /** Scratch space that is not in use; what does not fit is closed, so that native memory stays bounded. */
    private static final ArrayBlockingQueue<EncodingScratch> IDLE_SCRATCH = new ArrayBlockingQueue<>(CORES + 1);

    private ColumnTasks() {}

    /** Work on one column. */
    @FunctionalInterface
    interface Task {
        /** Does the work of the column with a number. */
        void run(int column, EncodingScratch scratch);
    }

    /**
     * Runs a task for some columns and returns when all have ended. The exception of the lowest column that failed is
     * thrown; others may not have run then.
     *
     * @param threads how many threads may work, this one included
     * @param order numbers of the columns, the one with most work first
     */
    static void run(int threads, int[] order, Task task) {
        Run run = new Run(order, task);
        int helpers = Math.min(threads, order.length) - 1;
        CountDownLatch ended = new CountDownLatch(Math.max(0, helpers));
        for (int i = 0; i < helpers; i++) {
            try {
                THREADS.execute(() -> {
                    try {
                        run.work();
                    } finally {
                        ended.countDown();
                    }
                });
            } catch (RejectedExecutionException e) {
                // All threads are busy with other files: this one does more itself.
                ended.countDown();
            }
        }
        run.work();
        await(ended);
        run.throwFirst();
    }

    private static void await(CountDownLatch ended) {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                // The other threads still write into the buffers of this file.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "tarn-encoder-" + THREAD_NUMBERS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    private static final class Run {
        private final int[] order;
        private final Task task;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReferenceArray<@Nullable Throwable> failures;

        Run(int[] order, Task task) {
            this.order = order;
            this.task = task;
            this.failures = new AtomicReferenceArray<>(order.length);
        }

        void work() {
            EncodingScratch idle = IDLE_SCRATCH.poll();
            EncodingScratch scratch = idle == null ? new EncodingScratch() : idle;
            try {
                for (int turn = next.getAndIncrement(); turn < order.length; turn = next.getAndIncrement()) {
                    int column = order[turn];
                    try {
                        task.run(column, scratch);
                    } catch (RuntimeException | Error e) {
                        failures.set(column, e);
                        next.set(order.length);
                    }
                }
            } finally {
                if (!IDLE_SCRATCH.offer(scratch)) {
                    scratch.close();
                }
            }
        }

        void throwFirst() {
            for (int column = 0; column < failures.length(); column++) {
                Throwable failure = failures.get(column);
                if (failure instanceof RuntimeException e) {
                    throw e;
                }
                if (failure instanceof Error e) {
                    throw e;
                }
            }
        }
    }
}
