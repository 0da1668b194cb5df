package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a file to the newest schema in one transaction, and refuses one that a newer Tarn has written. */
final class SqliteMigrations {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteMigrations.class);

    /** Version 1 knew one warehouse and no base locations. */
    private static final List<String> TAKE_VERSION_1_APART = List.of(
            "DROP INDEX namespace_parent",
            "DROP INDEX idempotency_expiry",
            "ALTER TABLE schema_version RENAME TO v1_schema_version",
            "ALTER TABLE namespace RENAME TO v1_namespace",
            "ALTER TABLE object RENAME TO v1_object",
            "ALTER TABLE object_version RENAME TO v1_object_version",
            "ALTER TABLE idempotency RENAME TO v1_idempotency",
            "ALTER TABLE outbox RENAME TO v1_outbox");

    private static final List<String> COPY_VERSION_1 = List.of(
            "INSERT INTO warehouse VALUES ('default', 'default', '', '{}', 1, 1)",
            """
            INSERT INTO namespace (id, warehouse_id, parent_id, path_key, path, name, properties, version)
            SELECT id, 'default', CASE id WHEN 0 THEN NULL ELSE parent_id END, path, path, name, properties, version
            FROM v1_namespace""",
            """
            INSERT INTO object (id, warehouse_id, namespace_id, name, kind, version, metadata_location, location,
                is_protected)
            SELECT id, 'default', namespace_id, name, kind, version, metadata_location, '', 0 FROM v1_object""",
            "INSERT INTO object_version SELECT object_id, version, metadata_location FROM v1_object_version",
            """
            INSERT INTO idempotency
            SELECT 'default', principal, idempotency_key, request_hash, status, form, content, expires_at, ''
            FROM v1_idempotency""",
            """
            INSERT INTO outbox
            SELECT sequence, 'default', operation, namespace, name, '', '', metadata_location, '', '{}', principal, at
            FROM v1_outbox""",
            "DROP TABLE v1_outbox",
            "DROP TABLE v1_idempotency",
            "DROP TABLE v1_object_version",
            "DROP TABLE v1_object",
            "DROP TABLE v1_namespace",
            "DROP TABLE v1_schema_version");

    private final SqliteFile file;
    private final Dialect dialect;

    SqliteMigrations(SqliteFile file, Dialect dialect) {
        this.file = file;
        this.dialect = dialect;
    }

    void run() throws SQLException {
        try (Connection connection = file.connectForMigration();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            int found = version(statement);
            if (found > SqlTables.VERSION) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The catalog database %s has schema version %d but this Tarn knows up to %d; use a newer Tarn"
                                .formatted(file.path(), found, SqlTables.VERSION));
            }
            if (found < SqlTables.VERSION) {
                migrate(statement, found);
            }
            statement.execute("COMMIT");
        }
    }

    private void migrate(Statement statement, int found) throws SQLException {
        if (found == 1) {
            for (String step : TAKE_VERSION_1_APART) {
                statement.execute(step);
            }
        }
        for (String definition : dialect.definitions()) {
            statement.execute(definition);
        }
        if (found == 1) {
            for (String step : COPY_VERSION_1) {
                statement.execute(step);
            }
            shortenLongPaths(statement);
            findLocations(statement);
            LOG.info("Brought {} from schema version 1 to {}", file.path(), SqlTables.VERSION);
        }
    }

    private record Row(String id, String text) {}

    /** Paths so long that they are found by their hash are rare, and SQL has no hash. */
    private static void shortenLongPaths(Statement statement) throws SQLException {
        try (var update =
                statement.getConnection().prepareStatement("UPDATE namespace SET path_key = ? WHERE id = ?")) {
            for (Row row : rows(statement, "SELECT id, path FROM namespace WHERE length(path) > 200")) {
                update.setString(1, StoredText.pathKey(StoredText.levels(row.text())));
                update.setString(2, row.id());
                update.executeUpdate();
            }
        }
    }

    /**
     * The base location of a table whose metadata file lies where metadata files lie unless told otherwise. The others stay
     * unknown until their next commit tells.
     */
    private static void findLocations(Statement statement) throws SQLException {
        try (var update = statement
                .getConnection()
                .prepareStatement("UPDATE object SET location = ?, location_key = ? WHERE id = ?")) {
            for (Row row : rows(statement, "SELECT id, metadata_location FROM object")) {
                int end = row.text().lastIndexOf("/metadata/");
                if (end > 0 && row.text().indexOf('/', end + "/metadata/".length()) < 0) {
                    String location = row.text().substring(0, end);
                    if (!LocationKey.fits(location)) {
                        continue;
                    }
                    update.setString(1, location);
                    update.setString(2, LocationKey.of(location).orElseThrow().value());
                    update.setString(3, row.id());
                    update.executeUpdate();
                }
            }
        }
    }

    private static List<Row> rows(Statement statement, String sql) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                rows.add(new Row(found.getString(1), found.getString(2)));
            }
        }
        return rows;
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
