package dev.tarn.maintenance.internal;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceProgress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files at a bounded rate. A file that is gone already counts as deleted. Not thread-safe. */
public final class FileDeleter {
    /** What S3 takes in one request. */
    private static final int MAX_BATCH = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(FileDeleter.class);

    private final FileIO io;
    private final int perSecond;

    /**
     * A deleter.
     *
     * @param perSecond files deleted per second at most; at least 1
     */
    public FileDeleter(FileIO io, int perSecond) {
        this.io = io;
        this.perSecond = perSecond;
    }

    /** Deletes what it can, and says how many files it could not delete. */
    public long delete(List<String> files, MaintenanceProgress progress) {
        long failed = 0;
        int batch = Math.min(MAX_BATCH, perSecond);
        long start = System.nanoTime();
        for (int from = 0; from < files.size(); from += batch) {
            int to = Math.min(from + batch, files.size());
            pauseUntil(start + (long) ((double) from / perSecond * TimeUnit.SECONDS.toNanos(1)));
            failed += deleteBatch(files.subList(from, to));
            progress.report("files", to, files.size());
        }
        return failed;
    }

    private long deleteBatch(List<String> locations) {
        if (io instanceof SupportsBulkOperations bulk) {
            try {
                bulk.deleteFiles(locations);
                return 0;
            } catch (BulkDeletionFailureException e) {
                LOG.warn(
                        "Cannot delete {} of {} files; the next run tries again",
                        e.numberFailedObjects(),
                        locations.size(),
                        e);
                return e.numberFailedObjects();
            }
        }
        long failed = 0;
        for (String location : locations) {
            try {
                io.deleteFile(location);
            } catch (NotFoundException e) {
                LOG.debug("{} was deleted before", location);
            } catch (RuntimeException e) {
                LOG.warn("Cannot delete {}; the next run tries again", location, e);
                failed++;
            }
        }
        return failed;
    }

    private static void pauseUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new TarnException(ErrorKind.CANCELLED, "Deletion was stopped; the next run goes on");
            }
            LockSupport.parkNanos(left);
        }
    }
}
