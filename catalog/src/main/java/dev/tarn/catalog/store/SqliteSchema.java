package dev.tarn.catalog.store;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Makes the tables, and refuses a database that a newer Tarn has written. */
final class SqliteSchema {
    private static final int VERSION = 1;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE schema_version (version INTEGER NOT NULL)",
            "INSERT INTO schema_version VALUES (" + VERSION + ")",
            """
            CREATE TABLE namespace (
                id INTEGER PRIMARY KEY,
                path TEXT NOT NULL UNIQUE,
                parent_id INTEGER NOT NULL REFERENCES namespace (id),
                name TEXT NOT NULL,
                properties TEXT NOT NULL,
                version INTEGER NOT NULL)""",
            "CREATE INDEX namespace_parent ON namespace (parent_id, name)",
            "INSERT INTO namespace VALUES (0, '', 0, '', '{}', 1)",
            """
            CREATE TABLE object (
                id TEXT NOT NULL PRIMARY KEY,
                namespace_id INTEGER NOT NULL REFERENCES namespace (id),
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                version INTEGER NOT NULL,
                metadata_location TEXT NOT NULL,
                UNIQUE (namespace_id, name))""",
            """
            CREATE TABLE object_version (
                object_id TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
                version INTEGER NOT NULL,
                metadata_location TEXT NOT NULL,
                PRIMARY KEY (object_id, version)) WITHOUT ROWID""",
            """
            CREATE TABLE idempotency (
                principal TEXT NOT NULL,
                idempotency_key TEXT NOT NULL,
                request_hash TEXT NOT NULL,
                status INTEGER NOT NULL,
                form TEXT NOT NULL,
                content TEXT NOT NULL,
                expires_at INTEGER NOT NULL,
                PRIMARY KEY (principal, idempotency_key))""",
            "CREATE INDEX idempotency_expiry ON idempotency (expires_at)",
            """
            CREATE TABLE outbox (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                operation TEXT NOT NULL,
                namespace TEXT NOT NULL,
                name TEXT NOT NULL,
                metadata_location TEXT NOT NULL,
                principal TEXT NOT NULL,
                at INTEGER NOT NULL)""");

    private SqliteSchema() {}

    /** Brings an empty database to the newest schema, in one transaction. */
    static void migrate(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            int found = version(statement);
            if (found > VERSION) {
                statement.execute("ROLLBACK");
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The catalog database %s has schema version %d but this Tarn knows up to %d; use a newer Tarn"
                                .formatted(file, found, VERSION));
            }
            if (found == 0) {
                for (String table : TABLES) {
                    statement.execute(table);
                }
            }
            statement.execute("COMMIT");
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet tables = statement.executeQuery(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'")) {
            if (!tables.next() || tables.getInt(1) == 0) {
                return 0;
            }
        }
        try (ResultSet versions = statement.executeQuery("SELECT max(version) FROM schema_version")) {
            return versions.next() ? versions.getInt(1) : 0;
        }
    }
}
