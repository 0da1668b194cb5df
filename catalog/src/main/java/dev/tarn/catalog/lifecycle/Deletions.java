package dev.tarn.catalog.lifecycle;

import dev.tarn.catalog.tasks.TaskProgress;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files of one table in batches, and only those that lie in its own folders and that nobody else needs. Confined
 * to one purge.
 */
final class Deletions {
    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

    /** What one request to S3 can take. */
    private static final int BATCH = 1_000;

    private final SupportsBulkOperations io;
    private final TableFolders own;
    private final NeededFiles needed;
    private final DeleteRate rate;
    private final TaskProgress progress;
    private final List<String> batch = new ArrayList<>();
    private long deleted;
    private long outside;
    private long kept;
    private String holder = "";

    Deletions(SupportsBulkOperations io, TableFolders own, NeededFiles needed, DeleteRate rate, TaskProgress progress) {
        this.io = io;
        this.own = own;
        this.needed = needed;
        this.rate = rate;
        this.progress = progress;
    }

    /** Deletes a file with the next batch, unless it must stay. */
    void add(String file) {
        if (!FileSpelling.isPlain(file) || !own.contains(FileSpelling.of(file))) {
            if (outside++ == 0) {
                LOG.warn("File {} stays: it lies outside of the folders {} of its table", file, own.folders());
            }
            return;
        }
        batch.add(file);
        if (batch.size() >= BATCH) {
            flush();
        }
    }

    /**
     * Deletes what was added.
     *
     * @throws TarnException UNAVAILABLE if a file could not be deleted; it may be tried again
     */
    void flush() {
        if (batch.isEmpty()) {
            return;
        }
        needed.refresh();
        batch.removeIf(this::isNeeded);
        progress.pause(rate.reserve(batch.size()));
        try {
            io.deleteFiles(List.copyOf(batch));
        } catch (BulkDeletionFailureException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "%d of %d files below %s could not be deleted"
                            .formatted(e.numberFailedObjects(), batch.size(), own.folders()),
                    e);
        }
        deleted += batch.size();
        batch.clear();
    }

    long deleted() {
        return deleted;
    }

    /** Files that stay since they lie elsewhere. */
    long outside() {
        return outside;
    }

    /** Files that stay since another object needs them. */
    long kept() {
        return kept;
    }

    private boolean isNeeded(String file) {
        Optional<String> by = needed.neededBy(FileSpelling.of(file));
        by.ifPresent(name -> {
            kept++;
            if (!holder.equals(name)) {
                holder = name;
                LOG.warn("File {} and others like it stay: {} needs them", file, name);
            }
        });
        return by.isPresent();
    }
}
