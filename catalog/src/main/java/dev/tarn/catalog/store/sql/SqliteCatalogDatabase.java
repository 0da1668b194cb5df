package dev.tarn.catalog.store.sql;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded database: SQLite with a write-ahead log and full sync, one writer that commits what waits together, and a few
 * readers. An acknowledged transaction survives the end of the process and of the power. One process at a time holds the
 * folder. Thread-safe; whoever opens it closes it.
 */
public final class SqliteCatalogDatabase extends SqlCatalogDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteCatalogDatabase.class);

    private static final String FILE = "catalog.db";

    private final DataFolderLock lock;

    private SqliteCatalogDatabase(SqliteTransactions transactions, DataFolderLock lock, Clock clock) {
        super(transactions, Optional.of(new CurrentObjects()), clock);
        this.lock = lock;
    }

    /**
     * Opens the database of a folder, making both if they do not exist.
     *
     * @throws TarnException LOCKED if another process holds the folder, INVALID if it cannot be written, UNSUPPORTED if a
     *     newer Tarn wrote it, CORRUPT if the file is no database
     */
    public static SqliteCatalogDatabase open(Path folder, Clock clock) {
        SqliteFile file = file(folder);
        DataFolderLock lock = DataFolderLock.take(folder);
        try {
            Dialect dialect = new SqliteDialect();
            new SqliteMigrations(file, dialect).run();
            SqliteCatalogDatabase database =
                    new SqliteCatalogDatabase(new SqliteTransactions(file, dialect), lock, clock);
            LOG.info("The catalog is kept in {}; an acknowledged commit survives a loss of power", file.path());
            return database;
        } catch (SQLException e) {
            lock.close();
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "Cannot open the catalog database %s: %s".formatted(file.path(), e.getMessage()),
                    e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The file in which a folder keeps its database. */
    static SqliteFile file(Path folder) {
        return new SqliteFile(folder.resolve(FILE));
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            closer.register(lock);
            closer.register(super::close);
        }
    }
}
