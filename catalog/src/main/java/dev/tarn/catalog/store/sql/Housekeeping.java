package dev.tarn.catalog.store.sql;

import dev.tarn.common.NamedThreads;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the database, away from the path of requests: finds out whether it works, forgets expired keys and the oldest
 * events, and puts events in order that nobody has read yet. Several replicas may do this at once. {@link #close} waits for the statement at hand.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /** Often enough that a busy server never has many rows to forget at a time. */
    private static final long PAUSE_SECONDS = 5;

    /** Events kept: consumers that fall further behind must read the catalog anew. */
    private static final int EVENTS_KEPT = 100_000;

    /** Rows forgotten in one transaction, so that nobody waits long behind it. */
    private static final int FORGOTTEN_TOGETHER = 1_000;

    private static final long CLOSE_SECONDS = 10;

    private final Transactions transactions;
    private final Clock clock;
    private final int eventsKept;
    private final ScheduledThreadPoolExecutor executor =
            new ScheduledThreadPoolExecutor(1, new NamedThreads("catalog-store-housekeeping"));

    Housekeeping(Transactions transactions, Clock clock) {
        this(transactions, clock, EVENTS_KEPT);
    }

    Housekeeping(Transactions transactions, Clock clock, int eventsKept) {
        this.transactions = transactions;
        this.clock = clock;
        this.eventsKept = eventsKept;
    }

    void start() {
        var unused = executor.scheduleWithFixedDelay(this::runAndLog, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The housekeeping of the catalog database did not end within {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round. */
    void run() {
        transactions.check();
        transactions.dialect().sequenceEvents(transactions);
        forget("idempotency", "warehouse_id, principal, idempotency_key", "expires_at", clock.millis());
        lastForgotten().ifPresent(sequence -> forget("outbox", "sequence", "sequence", sequence));
    }

    /** The newest event that is one too many, counted and not computed: a restore leaves a gap in the sequences. */
    private Optional<Long> lastForgotten() {
        String edge = "SELECT sequence FROM outbox WHERE sequence IS NOT NULL ORDER BY sequence %s LIMIT 1";
        Optional<Long> oldest = sequence(edge.formatted("ASC"));
        Optional<Long> newest = sequence(edge.formatted("DESC"));
        if (oldest.isEmpty() || newest.isEmpty() || newest.get() - oldest.get() < eventsKept) {
            return Optional.empty(); // Most rounds end here, and count nothing.
        }
        return sequence(edge.formatted("DESC") + " OFFSET " + eventsKept);
    }

    private Optional<Long> sequence(String sql) {
        return transactions.read(session -> session.first(sql, row -> row.getLong(1)));
    }

    /** Looks before it deletes, since whether there is anything to do should cost no write. */
    private void forget(String table, String key, String age, long bound) {
        String oldest = "SELECT %s FROM %s WHERE %s <= ? ORDER BY %s LIMIT ?".formatted(key, table, age, age);
        String delete = "DELETE FROM %s WHERE (%s) IN (%s%s)"
                .formatted(table, key, oldest, transactions.dialect().skipLocked());
        int forgotten = FORGOTTEN_TOGETHER;
        while (forgotten == FORGOTTEN_TOGETHER && !executor.isShutdown()) {
            if (!transactions.read(session -> session.exists(oldest, bound, 1))) {
                return;
            }
            forgotten =
                    transactions.write(session -> session.update(delete, bound, FORGOTTEN_TOGETHER), rows -> rows > 0);
        }
    }

    private void runAndLog() {
        try {
            run();
        } catch (RuntimeException e) {
            LOG.warn("The housekeeping of the catalog database failed and is tried again later: {}", e.getMessage());
        }
    }
}
