package dev.tarn.catalog.store.sql;

import com.zaxxer.hikari.HikariDataSource;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.RetryPolicy;
import dev.tarn.common.TarnException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions of a PostgreSQL database, each on a connection of a pool. What the server rolled back for the sake of another
 * transaction is tried again, a few times and as a whole. A connection that is lost around COMMIT leaves the outcome open:
 * with a key it is found out by contending for the key, see {@link #resolve}. Thread-safe.
 */
final class PostgresTransactions implements Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresTransactions.class);

    private static final RetryPolicy RETRIES = new RetryPolicy(6, Duration.ofMillis(5), Duration.ofMillis(200));

    /** Between looks at a server that does not answer. */
    private static final RetryPolicy RESOLVING =
            new RetryPolicy(Integer.MAX_VALUE, Duration.ofMillis(50), Duration.ofSeconds(1));

    /** A pooled connection may have died while it was idle; a second one was made or looked at since. */
    private static final int READ_ATTEMPTS = 2;

    private final HikariDataSource pool;
    private final Dialect dialect;
    private final Duration resolveTimeout;
    private volatile Optional<String> problem = Optional.empty();

    /** Takes the pool over and closes it. */
    PostgresTransactions(HikariDataSource pool, Dialect dialect, Duration resolveTimeout) {
        this.pool = pool;
        this.dialect = dialect;
        this.resolveTimeout = resolveTimeout;
    }

    /** COMMIT was sent and no answer came. */
    private static final class LostCommitException extends Exception {
        private static final long serialVersionUID = 1L;

        LostCommitException(SQLException cause) {
            super(cause);
        }
    }

    /** What contending for a key finds out. */
    private enum Resolution {
        /** The transaction is durable. */
        COMMITTED,
        /** The key belongs to another transaction, so that this one is dead. */
        TAKEN_BY_ANOTHER,
        /** Nobody holds the key, so that the transaction is dead. */
        DEAD
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public <T> T read(SqlWork<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return readOnce(work);
            } catch (SQLException e) {
                if (attempt >= READ_ATTEMPTS || !PostgresFailures.isConnectionLoss(e)) {
                    throw new TarnException(
                            ErrorKind.UNAVAILABLE, "Cannot read the catalog database: " + e.getMessage(), e);
                }
            }
        }
    }

    @Override
    public <T> T write(SqlWork<T> work, Predicate<T> isKept) {
        try {
            return writeRetrying(work, isKept);
        } catch (LostCommitException e) {
            throw unknown(e);
        }
    }

    @Override
    public CommitOutcome commit(SqlWork<CommitOutcome> work, Optional<KeyClaim> claim) {
        Predicate<CommitOutcome> isKept = outcome -> outcome == CommitOutcome.APPLIED;
        try {
            return writeRetrying(work, isKept);
        } catch (LostCommitException e) {
            if (claim.isEmpty()) {
                throw unknown(e);
            }
            LOG.warn("The answer to a COMMIT was lost; contending for its key: {}", e.getMessage());
            return resolve(work, isKept, claim.get(), e);
        }
    }

    /**
     * Finds out about a lost COMMIT by inserting its key anew. As long as the old transaction may still commit, that waits
     * for it; afterwards the key is either there, and tells by its commit id whose it is, or free, and then the old
     * transaction is dead for good and may be repeated.
     */
    private CommitOutcome resolve(
            SqlWork<CommitOutcome> work, Predicate<CommitOutcome> isKept, KeyClaim claim, LostCommitException first) {
        long deadline = System.nanoTime() + resolveTimeout.toNanos();
        LostCommitException lost = first;
        for (int failures = 1; System.nanoTime() < deadline; failures++) {
            try {
                switch (contend(claim)) {
                    case COMMITTED -> {
                        return CommitOutcome.APPLIED;
                    }
                    case TAKEN_BY_ANOTHER -> {
                        return CommitOutcome.KEY_TAKEN;
                    }
                    case DEAD -> {
                        return writeRetrying(work, isKept);
                    }
                }
            } catch (LostCommitException e) {
                lost = e;
            } catch (SQLException e) {
                LOG.info("Cannot yet find out about a lost COMMIT: {}", e.getMessage());
            }
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            LockSupport.parkNanos(RESOLVING.pauseAfter(failures).toNanos());
        }
        throw unknown(lost);
    }

    private Resolution contend(KeyClaim claim) throws SQLException {
        SqlSession session = SqlSession.over(pool.getConnection());
        try {
            session.connection().setAutoCommit(false);
            boolean isFree = claim.insert(session);
            Resolution resolution = isFree
                    ? Resolution.DEAD
                    : claim.isHeld(session) ? Resolution.COMMITTED : Resolution.TAKEN_BY_ANOTHER;
            session.connection().rollback();
            return resolution;
        } finally {
            giveBack(session);
        }
    }

    private <T> T readOnce(SqlWork<T> work) throws SQLException {
        SqlSession session = takeSession();
        try {
            return work.run(session);
        } finally {
            giveBack(session);
        }
    }

    private <T> T writeRetrying(SqlWork<T> work, Predicate<T> isKept) throws LostCommitException {
        for (int attempt = 1; ; attempt++) {
            try {
                return writeOnce(work, isKept);
            } catch (SQLException e) {
                if (!PostgresFailures.isWorthARetry(e) || attempt >= RETRIES.maxAttempts()) {
                    throw PostgresFailures.nothingChanged(e);
                }
            }
            LockSupport.parkNanos(RETRIES.pauseAfter(attempt).toNanos());
        }
    }

    private <T> T writeOnce(SqlWork<T> work, Predicate<T> isKept) throws SQLException, LostCommitException {
        SqlSession session = takeSession();
        try {
            Connection connection = session.connection();
            connection.setAutoCommit(false);
            T result;
            boolean kept = false;
            try {
                result = work.run(session);
                kept = isKept.test(result);
            } finally {
                if (!kept) {
                    rollBack(connection);
                }
            }
            if (kept) {
                commit(connection);
            }
            return result;
        } finally {
            giveBack(session);
        }
    }

    private static void commit(Connection connection) throws SQLException, LostCommitException {
        try {
            connection.commit();
        } catch (SQLException e) {
            if (PostgresFailures.isCertainlyRolledBack(e)) {
                throw e;
            }
            throw new LostCommitException(e);
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("Cannot roll back; the server does so when it misses the connection", e);
        }
    }

    private SqlSession takeSession() {
        try {
            return SqlSession.over(pool.getConnection());
        } catch (SQLException e) {
            boolean isBusy =
                    pool.isRunning() && pool.getHikariPoolMXBean().getActiveConnections() >= pool.getMaximumPoolSize();
            throw new TarnException(
                    isBusy ? ErrorKind.OVERLOADED : ErrorKind.UNAVAILABLE,
                    isBusy
                            ? "All %d connections to the catalog database are busy; try again"
                                    .formatted(pool.getMaximumPoolSize())
                            : "Cannot reach the catalog database: " + e.getMessage(),
                    e);
        }
    }

    /** What goes wrong here must not hide how the transaction ended. */
    private static void giveBack(SqlSession session) {
        try {
            session.close();
        } catch (SQLException e) {
            LOG.debug("Cannot give a connection back; the pool drops it", e);
        }
    }

    @Override
    public void check() {
        try {
            boolean unused = read(session -> session.exists("SELECT 1"));
            problem = Optional.empty();
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.OVERLOADED) {
                problem = Optional.of("the catalog database cannot be reached");
            }
            throw e;
        }
    }

    @Override
    public Optional<String> problem() {
        return pool.isClosed() ? Optional.of("the catalog store is closed") : problem;
    }

    @Override
    public void close() {
        pool.close();
    }

    private static TarnException unknown(LostCommitException lost) {
        return new TarnException(
                ErrorKind.UNKNOWN_OUTCOME,
                "The connection to the catalog database was lost during COMMIT, so that the change may or may not be durable: "
                        + lost.getMessage(),
                lost);
    }
}
