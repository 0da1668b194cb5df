package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.NamespaceRecord;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.common.TarnException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database keeps the promises of a file. */
class SqliteCatalogDatabaseTest {
    /** The tables as the first version made them, and what a catalog of that time held. */
    private static final List<String> VERSION_1 = List.of(
            "CREATE TABLE schema_version (version INTEGER NOT NULL)",
            "INSERT INTO schema_version VALUES (1)",
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
                at INTEGER NOT NULL)""",
            "INSERT INTO namespace VALUES (1, 'db', 0, 'db', '{\"a\":\"b\"}', 3)",
            "INSERT INTO namespace VALUES (2, 'db' || char(31) || 'child', 1, 'child', '{}', 1)",
            "INSERT INTO object VALUES ('id1', 2, 't', 'TABLE', 7, 's3://b/w/t/metadata/00007-x.metadata.json')",
            "INSERT INTO object VALUES ('id2', 1, 'u', 'TABLE', 1, 's3://elsewhere/x.metadata.json')",
            "INSERT INTO object_version VALUES ('id1', 7, 's3://b/w/t/metadata/00007-x.metadata.json')",
            "INSERT INTO idempotency VALUES ('p', 'k', 'hash', 204, 'EMPTY', '', 4000000000000)",
            "INSERT INTO outbox (operation, namespace, name, metadata_location, principal, at)"
                    + " VALUES ('commit-table', 'db', 'u', 's3://elsewhere/x.metadata.json', 'p', 5)");

    private static CatalogDatabase open(Path folder) {
        return SqliteCatalogDatabase.open(folder, Clock.systemUTC());
    }

    private static void makeVersion1(Path folder) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("catalog.db"));
                Statement statement = connection.createStatement()) {
            for (String sql : VERSION_1) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void aFileOfVersion1IsBroughtToTheNewestWithEverythingInIt(@TempDir Path folder) throws Exception {
        makeVersion1(folder);

        try (CatalogDatabase database = open(folder)) {
            assertThat(database.warehouses().list("", 9))
                    .containsExactly(new WarehouseRecord("default", "default", "", Map.of(), true, 1));
            CatalogStore store = database.warehouse("default");
            List<String> child = List.of("db", "child");
            assertThat(store.listNamespaces(List.of(), "", 9)).containsExactly("db");
            assertThat(store.findNamespace(List.of("db")))
                    .contains(new NamespaceRecord(List.of("db"), Map.of("a", "b"), 3));
            assertThat(store.findObject(child, "t", ObjectKind.TABLE))
                    .contains(new ObjectRecord(
                            "id1",
                            child,
                            "t",
                            ObjectKind.TABLE,
                            7,
                            "s3://b/w/t/metadata/00007-x.metadata.json",
                            "s3://b/w/t"));
            assertThat(store.findObjectById("id2").orElseThrow().location()).isEmpty();
            assertThat(store.findFinished(new IdempotencyKey("p", "k")))
                    .contains(new IdempotencyRecord(
                            new IdempotencyKey("p", "k"),
                            "hash",
                            StoredReply.empty(),
                            Instant.ofEpochMilli(4_000_000_000_000L)));
            assertThat(database.events().read("default", 0, 9))
                    .extracting(event -> event.event().metadataLocation())
                    .containsExactly("s3://elsewhere/x.metadata.json");
            assertThat(StoreTest.commit(store, new Change.ReplaceObject("id2", 1, "v2", "s3://b/w/t/in")))
                    .as("what overlapped before may go on")
                    .isEqualTo(CommitOutcome.APPLIED);
            assertThat(StoreTest.commit(store, new Change.ReplaceObject("id2", 2, "v3", "s3://b/w/t/other")))
                    .isEqualTo(CommitOutcome.LOCATION_TAKEN);
            assertThat(StoreTest.commit(store, new Change.DropNamespace(child, 1)))
                    .isEqualTo(CommitOutcome.NAMESPACE_NOT_EMPTY);
        }
        open(folder).close();
    }

    @Test
    void aMigrationThatFailsLeavesTheFileAsItWas(@TempDir Path folder) throws Exception {
        makeVersion1(folder);
        execute(folder, "CREATE TABLE task (what TEXT)");

        assertThatThrownBy(() -> open(folder)).isInstanceOf(TarnException.class).hasMessageContaining("task");

        execute(folder, "DROP TABLE task");
        try (CatalogDatabase database = open(folder)) {
            assertThat(database.warehouse("default").findObjectById("id1")).isPresent();
        }
    }

    @Test
    void aDatabaseOfANewerTarnIsRefused(@TempDir Path folder) throws Exception {
        open(folder).close();
        execute(folder, "UPDATE schema_version SET version = 1000");

        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("schema version 1000")
                .hasMessageContaining("use a newer Tarn");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> open(file.resolve("data")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining(file.resolve("data").toString());
    }

    @Test
    void oneDatabaseAtATimeHoldsAFolder(@TempDir Path folder) {
        try (CatalogDatabase first = open(folder)) {
            assertThat(first.problem()).isEmpty();
            assertThatThrownBy(() -> open(folder))
                    .isInstanceOf(TarnException.class)
                    .hasMessageContaining("in use by another process");
        }
        open(folder).close();
    }

    @Test
    void aClosedDatabaseSaysSo(@TempDir Path folder) {
        CatalogDatabase database = open(folder);
        database.close();
        database.close();

        assertThat(database.problem()).contains("the catalog store is closed");
        assertThatThrownBy(() -> StoreTest.commit(database.warehouse("w"), StoreTest.create("1", "t")))
                .isInstanceOf(TarnException.class)
                .hasMessage("The catalog store is closed");
        assertThatThrownBy(() -> database.warehouses().list("", 1)).isInstanceOf(TarnException.class);
    }

    @Test
    void eventsOfNamespacesHaveNoKind() {
        CatalogEvent event = CatalogEvent.ofNamespace("create-namespace", List.of("a"), "p", Instant.EPOCH);

        assertThat(event.kind()).isEmpty();
        assertThat(event.details()).isEqualTo("{}");
    }

    private static void execute(Path folder, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("catalog.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
