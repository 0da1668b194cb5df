package dev.tarn.catalog.store;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The embedded store: SQLite in WAL mode with full sync, one writer behind a fair bounded queue and a few readers. An
 * acknowledged transaction survives the end of the process and of the power. One process at a time holds the folder.
 * Thread-safe.
 */
public final class SqliteCatalogStore implements CatalogStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteCatalogStore.class);

    private static final String FILE = "catalog.db";

    /** Readers run beside the writer; more than the machine has cores bring nothing. */
    private static final int READERS = 4;

    /** A transaction takes about a millisecond, so that the last in the queue waits for about a second. */
    private static final int MAX_WAITING_WRITERS = 1024;

    private static final long MAX_WAIT_SECONDS = 30;

    private final Path file;
    private final Clock clock;
    private final Closer closer = new Closer();
    private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
    private final Semaphore writing = new Semaphore(1, true);
    private volatile @Nullable Connection writer;
    private volatile boolean closed;

    private SqliteCatalogStore(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * Opens the store of a folder, making both if they do not exist.
     *
     * @throws TarnException LOCKED if another process holds the folder, INVALID if it cannot be written, UNSUPPORTED if a
     *     newer Tarn wrote it, CORRUPT if the file is no database
     */
    public static SqliteCatalogStore open(Path folder, Clock clock) {
        SqliteCatalogStore store = new SqliteCatalogStore(folder.resolve(FILE), clock);
        store.closer.register(DataFolderLock.take(folder));
        try {
            Connection writer = store.connect();
            store.writer = writer;
            SqliteSchema.migrate(writer, store.file);
            for (int i = 0; i < READERS; i++) {
                store.readers.add(store.closer.register(store.connect()));
            }
            return store;
        } catch (SQLException e) {
            store.close();
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "Cannot open the catalog database %s: %s".formatted(store.file, e.getMessage()),
                    e);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public Optional<NamespaceRecord> findNamespace(List<String> levels) {
        return read(
                        "SELECT properties, version FROM namespace WHERE path = ? AND id <> 0",
                        row -> new NamespaceRecord(levels, SqliteChanges.properties(row.getString(1)), row.getLong(2)),
                        SqliteChanges.path(levels))
                .stream()
                .findFirst();
    }

    @Override
    public List<String> listNamespaces(List<String> parent, String after, int limit) {
        return read("""
                SELECT name FROM namespace
                WHERE parent_id = (SELECT id FROM namespace WHERE path = ?) AND id <> 0 AND name > ?
                ORDER BY name LIMIT ?""", row -> row.getString(1), SqliteChanges.path(parent), after, limit);
    }

    @Override
    public Optional<ObjectRecord> findObject(List<String> namespace, String name, ObjectKind kind) {
        return read(
                        """
                SELECT o.id, o.version, o.metadata_location FROM object o JOIN namespace n ON n.id = o.namespace_id
                WHERE n.path = ? AND o.name = ? AND o.kind = ?""",
                        row -> new ObjectRecord(
                                row.getString(1), namespace, name, kind, row.getLong(2), row.getString(3)),
                        SqliteChanges.path(namespace),
                        name,
                        kind.name())
                .stream()
                .findFirst();
    }

    @Override
    public List<String> listObjects(List<String> namespace, ObjectKind kind, String after, int limit) {
        return read("""
                SELECT o.name FROM object o JOIN namespace n ON n.id = o.namespace_id
                WHERE n.path = ? AND o.kind = ? AND o.name > ? ORDER BY o.name LIMIT ?""", row -> row.getString(1), SqliteChanges.path(namespace), kind.name(), after, limit);
    }

    @Override
    public Optional<IdempotencyRecord> findFinished(IdempotencyKey key) {
        return read(
                        """
                SELECT request_hash, status, form, content, expires_at FROM idempotency
                WHERE principal = ? AND idempotency_key = ?""",
                        row -> new IdempotencyRecord(
                                key,
                                row.getString(1),
                                new StoredReply(
                                        row.getInt(2), StoredReply.Form.valueOf(row.getString(3)), row.getString(4)),
                                Instant.ofEpochMilli(row.getLong(5))),
                        key.principal(),
                        key.value())
                .stream()
                .findFirst();
    }

    @Override
    public CommitOutcome commit(StoreTransaction transaction) {
        takeTurn();
        try {
            Connection connection = writer;
            if (connection == null) {
                connection = connect();
                writer = connection;
            }
            return commit(connection, transaction);
        } catch (SQLException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "The catalog database failed before anything was changed: " + e.getMessage(),
                    e);
        } finally {
            writing.release();
        }
    }

    @Override
    public Optional<String> problem() {
        if (closed) {
            return Optional.of("the catalog store is closed");
        }
        return writer == null ? Optional.of("the catalog database failed and is being opened anew") : Optional.empty();
    }

    @Override
    public void close() {
        closed = true;
        Connection open = writer;
        writer = null;
        if (open != null) {
            closer.register(open);
        }
        closer.close();
    }

    private void takeTurn() {
        if (closed) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "The catalog store is closed");
        }
        if (writing.getQueueLength() >= MAX_WAITING_WRITERS) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "More than %d transactions wait for the catalog database; try again"
                            .formatted(MAX_WAITING_WRITERS));
        }
        try {
            if (!writing.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new TarnException(
                        ErrorKind.OVERLOADED,
                        "The catalog database was busy for %d s; try again".formatted(MAX_WAIT_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while waiting for the catalog database", e);
        }
    }

    private CommitOutcome commit(Connection connection, StoreTransaction transaction) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            CommitOutcome outcome;
            try {
                outcome = new SqliteChanges(connection).apply(transaction, clock.millis());
            } catch (SQLException | RuntimeException e) {
                rollBack(statement);
                throw e;
            }
            if (outcome != CommitOutcome.APPLIED) {
                rollBack(statement);
                return outcome;
            }
            commit(statement);
            return outcome;
        }
    }

    private void commit(Statement statement) {
        try {
            statement.execute("COMMIT");
        } catch (SQLException e) {
            discardWriter();
            throw new TarnException(
                    ErrorKind.UNKNOWN_OUTCOME,
                    "The catalog database failed during COMMIT, so that the change may or may not be durable: "
                            + e.getMessage(),
                    e);
        }
    }

    private void rollBack(Statement statement) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // A closed connection rolls back too.
            discardWriter();
        }
    }

    private void discardWriter() {
        Connection broken = writer;
        writer = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) {
                LOG.warn("Cannot close the writer of {} after a failure", file, e);
            }
        }
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> read(String sql, RowReader<T> reader, Object... parameters) {
        Connection connection = takeReader();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(reader.read(found));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot read the catalog database %s: %s".formatted(file, e.getMessage()),
                    e);
        } finally {
            readers.add(connection);
        }
    }

    private Connection takeReader() {
        try {
            Connection connection = closed ? null : readers.poll(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
            if (connection == null) {
                throw new TarnException(ErrorKind.UNAVAILABLE, "The catalog store is closed or its readers are busy");
            }
            return connection;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while waiting for the catalog database", e);
        }
    }

    private Connection connect() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(5_000);
        return config.createConnection("jdbc:sqlite:" + file);
    }
}
