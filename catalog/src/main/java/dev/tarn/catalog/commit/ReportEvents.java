package dev.tarn.catalog.commit;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.common.NamedThreads;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what clients report about their scans and commits into the outbox, in the background and many at once: a report must
 * neither cost a write to disk of its own nor fail a query. Reports are lost when the process ends, and when more arrive
 * than can be written. Thread-safe. Whoever makes it closes it.
 */
public final class ReportEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReportEvents.class);

    /** Waiting reports beyond which new ones are dropped: a second's worth of a busy server. */
    private static final int MAX_WAITING = 2_000;

    /** Events of one transaction, which holds the store's only writer. */
    private static final int MAX_BATCH = 200;

    /** A stop must not wait for a database that hangs. */
    private static final long MAX_CLOSE_SECONDS = 5;

    private record Report(CatalogStore store, CatalogEvent event) {}

    private final BlockingQueue<Report> waiting = new ArrayBlockingQueue<>(MAX_WAITING);

    /** One round runs and one waits: that one will see every report that arrives meanwhile. */
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new NamedThreads("catalog-reports"));

    /** Takes a report; false if there is no room for it. */
    public boolean offer(CatalogStore store, CatalogEvent event) {
        if (!waiting.offer(new Report(store, event))) {
            return false;
        }
        try {
            writer.execute(this::write);
        } catch (RejectedExecutionException e) {
            LOG.trace("A round that has not begun yet will write this report too", e);
        }
        return true;
    }

    private void write() {
        List<Report> batch = new ArrayList<>();
        while (waiting.drainTo(batch, MAX_BATCH) > 0) {
            Map<CatalogStore, List<CatalogEvent>> byStore = new LinkedHashMap<>();
            for (Report report : batch) {
                byStore.computeIfAbsent(report.store(), absent -> new ArrayList<>())
                        .add(report.event());
            }
            byStore.forEach(ReportEvents::write);
            batch.clear();
        }
    }

    private static void write(CatalogStore store, List<CatalogEvent> events) {
        try {
            store.commit(new StoreTransaction(List.of(), events, Optional.empty()));
        } catch (RuntimeException e) {
            LOG.warn("{} metrics reports of clients were lost", events.size(), e);
        }
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(MAX_CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn(
                        "Metrics reports of clients were lost since they could not be written within {} s",
                        MAX_CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
