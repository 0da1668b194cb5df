package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Transactions of one file: a writer, and a few readers beside it that see what is durable. Thread-safe. */
final class SqliteTransactions implements Transactions {
    /** Readers run beside the writer; more than the machine has cores bring nothing. */
    private static final int READERS = 4;

    private static final long MAX_WAIT_SECONDS = 30;

    private final SqliteFile file;
    private final Dialect dialect;
    private final Closer closer = new Closer();
    private final BlockingQueue<SqlSession> readers = new ArrayBlockingQueue<>(READERS);
    private final SqliteWriter writer;
    private volatile boolean closed;

    SqliteTransactions(SqliteFile file, Dialect dialect) throws SQLException {
        this.file = file;
        this.dialect = dialect;
        try {
            for (int i = 0; i < READERS; i++) {
                readers.add(closer.register(SqlSession.keepingStatements(file.connect())));
            }
            writer = closer.register(new SqliteWriter(file));
        } catch (SQLException | RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public <T> T read(SqlWork<T> work) {
        SqlSession session = takeReader();
        try {
            return work.run(session);
        } catch (SQLException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot read the catalog database %s: %s".formatted(file.path(), e.getMessage()),
                    e);
        } finally {
            readers.add(session);
        }
    }

    @Override
    public <T> T write(SqlWork<T> work, Predicate<T> isKept) {
        return writer.write(work, isKept);
    }

    @Override
    public CommitOutcome commit(SqlWork<CommitOutcome> work, Optional<KeyClaim> claim) {
        return writer.write(work, outcome -> outcome == CommitOutcome.APPLIED);
    }

    @Override
    public void check() {
        // The writer notes by itself what goes wrong: nothing but this process changes the file.
    }

    @Override
    public Optional<String> problem() {
        if (closed) {
            return Optional.of("the catalog store is closed");
        }
        return writer.isBroken()
                ? Optional.of("the catalog database failed and is opened anew for the next change")
                : Optional.empty();
    }

    @Override
    public void close() {
        closed = true;
        closer.close();
    }

    private SqlSession takeReader() {
        try {
            SqlSession session = closed ? null : readers.poll(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
            if (session == null) {
                throw new TarnException(ErrorKind.UNAVAILABLE, "The catalog store is closed or its readers are busy");
            }
            return session;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while waiting for the catalog database", e);
        }
    }
}
