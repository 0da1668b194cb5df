package dev.tarn.catalog.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/**
 * The file of an embedded catalog, and the one way in which it is opened: a write-ahead log with full sync.
 *
 * @param path where it is
 */
record SqliteFile(Path path) {
    /** Only a checkpoint by another tool can hold the file; it takes far less. */
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    Connection connect() throws SQLException {
        return connect(true);
    }

    /** A connection that may take tables apart. */
    Connection connectForMigration() throws SQLException {
        return connect(false);
    }

    private Connection connect(boolean checksReferences) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(checksReferences);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return config.createConnection("jdbc:sqlite:" + path);
    }
}
