package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a file: a thread behind a fair bounded queue. What waits when it is free goes into one transaction, each
 * piece within a savepoint of its own, so that one sync of the disk makes all of it durable. If that COMMIT fails, the end
 * of all of it is unknown. Thread-safe.
 */
final class SqliteWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteWriter.class);

    /** A transaction takes about a millisecond, so that the last in the queue waits for about a second. */
    private static final int MAX_WAITING = 1_024;

    /** Enough to share a sync among all that a busy server has at a time, and a bound for what one failure touches. */
    private static final int MAX_TOGETHER = 64;

    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private final SqliteFile file;
    private final BlockingQueue<QueuedWrite<?>> queue = new ArrayBlockingQueue<>(MAX_WAITING, true);
    private final AtomicLong transactions = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean broken;
    private @Nullable SqlSession session; // Of the thread alone.

    SqliteWriter(SqliteFile file) throws SQLException {
        this.file = file;
        this.session = SqlSession.keepingStatements(file.connect());
        this.thread = new NamedThreads("catalog-store-writer").newThread(this::serve);
        thread.start();
    }

    <T> T write(SqlWork<T> work, Predicate<T> isKept) {
        QueuedWrite<T> write = new QueuedWrite<>(work, isKept);
        if (closed) {
            throw closedFailure();
        }
        if (!queue.offer(write)) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "More than %d transactions wait for the catalog database; try again".formatted(MAX_WAITING));
        }
        if (closed && write.claim()) {
            throw closedFailure(); // The thread may have looked for the last time before the offer.
        }
        return write.await(MAX_WAIT);
    }

    boolean isBroken() {
        return broken || !thread.isAlive();
    }

    /** Transactions of the database so far. */
    long transactions() {
        return transactions.get();
    }

    /** Pieces of work that nobody has begun. */
    int waiting() {
        return queue.size();
    }

    boolean isClosed() {
        return closed;
    }

    /** Lets the transaction at hand end, and fails what waits. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        List<QueuedWrite<?>> together = new ArrayList<>();
        while (!closed) {
            try {
                QueuedWrite<?> first = queue.take();
                together.clear();
                together.add(first);
                queue.drainTo(together, MAX_TOGETHER - 1);
                together.removeIf(write -> !write.claim());
                if (!together.isEmpty()) {
                    run(together);
                }
            } catch (InterruptedException e) {
                // Only close() interrupts; the loop looks at its flag.
                LOG.debug("The writer of {} was asked to stop", file.path());
            }
        }
        discardSession();
        for (QueuedWrite<?> write = queue.poll(); write != null; write = queue.poll()) {
            if (write.claim()) {
                write.fail(closedFailure());
            }
        }
    }

    private void run(List<QueuedWrite<?>> together) {
        SqlSession open;
        try {
            open = session();
            open.execute("BEGIN IMMEDIATE");
            for (QueuedWrite<?> write : together) {
                write.run(open);
            }
        } catch (SQLException | RuntimeException | Error e) {
            discardSession(); // A closed connection rolls back.
            TarnException failure = new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "The catalog database failed before anything was changed: " + e.getMessage(),
                    e);
            together.forEach(write -> write.fail(failure));
            return;
        }
        try {
            open.execute("COMMIT");
            transactions.incrementAndGet();
        } catch (SQLException | RuntimeException | Error e) {
            discardSession();
            TarnException failure = new TarnException(
                    ErrorKind.UNKNOWN_OUTCOME,
                    "The catalog database failed during COMMIT, so that the change may or may not be durable: "
                            + e.getMessage(),
                    e);
            together.forEach(write -> write.fail(failure));
            return;
        }
        together.forEach(QueuedWrite::succeed);
    }

    private SqlSession session() throws SQLException {
        SqlSession open = session;
        if (open == null) {
            open = SqlSession.keepingStatements(file.connect());
            session = open;
            broken = false;
        }
        return open;
    }

    private void discardSession() {
        SqlSession open = session;
        session = null;
        broken = !closed;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.warn("Cannot close the writer of {}", file.path(), e);
            }
        }
    }

    private static TarnException closedFailure() {
        return new TarnException(ErrorKind.UNAVAILABLE, "The catalog store is closed");
    }
}
