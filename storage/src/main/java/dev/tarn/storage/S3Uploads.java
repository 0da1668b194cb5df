package dev.tarn.storage;

import dev.tarn.common.NamedThreads;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The threads that upload parts for all outputs of one file IO, and the bound on parts in memory. Thread-safe. */
final class S3Uploads implements AutoCloseable {
    private static final int IDLE_SECONDS = 30;

    private final S3UploadSettings settings;
    private final Semaphore room;
    private final ExecutorService threads;

    S3Uploads(S3UploadSettings settings) {
        this.settings = settings;
        this.room = new Semaphore(settings.partsInFlight());
        // The queue needs no bound of its own: what is in it holds room.
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                settings.threads(),
                settings.threads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new NamedThreads("s3-upload"));
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    int partBytes() {
        return (int) settings.partSize().bytes();
    }

    /** Runs an upload on one of the threads; waits while the bound on parts in memory is reached. */
    <T> CompletableFuture<T> start(Supplier<T> upload) throws InterruptedIOException {
        try {
            room.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for room to upload");
        }
        try {
            return CompletableFuture.supplyAsync(upload, threads).whenComplete((result, failure) -> room.release());
        } catch (RuntimeException e) {
            room.release();
            throw e;
        }
    }

    /** Lets uploads that run come to their end, and takes no further ones. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
