package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database to the newest schema in one transaction, under a lock that lets one replica after the other look, and
 * refuses one that a newer Tarn has written.
 */
final class PostgresMigrations {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresMigrations.class);

    /** Any number that no lock of a location has but by chance: "tarn-cat" in ASCII. */
    private static final long LOCK = 0x7461726e2d636174L;

    private static final int OLDEST_SERVER = 130_000;

    private PostgresMigrations() {}

    static void run(Connection connection, Dialect dialect) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            refuseOldServer(statement);
            statement.execute("SET LOCAL lock_timeout = '60s'"); // Another replica may be at a migration.
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            int found = version(statement);
            if (found > SqlTables.VERSION) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The catalog database has schema version %d but this Tarn knows up to %d; use a newer Tarn"
                                .formatted(found, SqlTables.VERSION));
            }
            if (found == 0) {
                for (String definition : dialect.definitions()) {
                    statement.execute(definition);
                }
                LOG.info("Made the tables of schema version {} in the catalog database", SqlTables.VERSION);
            }
            connection.commit();
        } finally {
            connection.rollback();
        }
    }

    private static void refuseOldServer(Statement statement) throws SQLException {
        int version = Integer.parseInt(show(statement, "server_version_num"));
        if (version < OLDEST_SERVER) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "The catalog database is PostgreSQL %s but must be 13 or newer"
                            .formatted(show(statement, "server_version")));
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet table = statement.executeQuery("SELECT to_regclass('schema_version') IS NOT NULL")) {
            if (!table.next() || !table.getBoolean(1)) {
                return 0;
            }
        }
        try (ResultSet versions = statement.executeQuery("SELECT max(version) FROM schema_version")) {
            return versions.next() ? versions.getInt(1) : 0;
        }
    }

    /** Says how much an acknowledged commit is worth on this server, and warns if it is less than it seems. */
    static void logDurability(Connection connection, String url) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            String fsync = show(statement, "fsync");
            String synchronousCommit = show(statement, "synchronous_commit");
            String fullPages = show(statement, "full_page_writes");
            String standbys = show(statement, "synchronous_standby_names");
            if (fsync.equals("on") && fullPages.equals("on") && !synchronousCommit.equals("off")) {
                LOG.info(
                        "The catalog is kept in {}; an acknowledged commit survives a loss of power (synchronous_commit={},"
                                + " synchronous standbys '{}')",
                        url,
                        synchronousCommit,
                        standbys);
            } else {
                LOG.warn(
                        "The catalog is kept in {}; acknowledged commits MAY BE LOST with the power: fsync={},"
                                + " synchronous_commit={}, full_page_writes={}; set all three to on",
                        url,
                        fsync,
                        synchronousCommit,
                        fullPages);
            }
        }
    }

    private static String show(Statement statement, String setting) throws SQLException {
        try (ResultSet found = statement.executeQuery("SHOW " + setting)) {
            return found.next() ? found.getString(1) : "";
        }
    }
}
