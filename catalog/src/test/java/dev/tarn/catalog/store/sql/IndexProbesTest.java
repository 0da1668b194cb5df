package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.WarehouseRecord;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that requests do slows down with the number of objects: the plan of every statement says so, not a clock. */
class IndexProbesTest {
    private static final int OBJECTS = 100_000;
    private static final List<String> DB = List.of("db");

    private static final String MANY_NAMESPACES = """
            INSERT INTO namespace (warehouse_id, parent_id, path_key, path, name, properties, version)
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)
            SELECT 'w', namespace.id, 'n' || n, 'n' || n, 'n' || n, '{}', 1
            FROM numbers CROSS JOIN namespace WHERE namespace.path_key = ''""";

    private static final String FILL = """
            INSERT INTO object (id, warehouse_id, namespace_id, name, kind, version, metadata_location, location,
                location_key, is_protected, deleted_at, purge_after, deleted_path, deleted_key)
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
            SELECT 'id' || n, 'w', CASE WHEN n %% 10 = 0 THEN NULL ELSE namespace.id END, 'name' || n,
                CASE WHEN n %% 2 = 0 THEN 'VIEW' ELSE 'TABLE' END, 1, 'm', 's3://b/w/' || n, 's3://b/w/' || n, 0,
                CASE WHEN n %% 10 = 0 THEN 1 END, CASE WHEN n %% 10 = 0 THEN 1 END,
                CASE WHEN n %% 10 = 0 THEN 'db' END, CASE WHEN n %% 10 = 0 THEN 'db' END
            FROM numbers CROSS JOIN namespace WHERE namespace.path_key = 'db'""".formatted(OBJECTS);

    @Test
    void ofTheEmbeddedDatabase(@TempDir Path folder) {
        try (SqlCatalogDatabase database = SqliteCatalogDatabase.open(folder, Clock.systemUTC())) {
            exercise(database, "EXPLAIN QUERY PLAN", 4, "SCAN o", "SCAN object", "SCAN n");
        }
    }

    @Test
    void ofPostgres(@TempDir Path folder) throws Exception {
        PostgresDatabases databases = new PostgresDatabases();
        try (SqlCatalogDatabase database = databases.open(folder)) {
            exercise(database, "EXPLAIN", 1, "Seq Scan on object", "Seq Scan on namespace");
        }
    }

    private static void exercise(SqlCatalogDatabase database, String explain, int column, String... forbidden) {
        fill(database);
        StatementRecorder recorder = new StatementRecorder(database.transactions());
        CatalogStore store = new SqlCatalogStore(recorder, "w", Optional.empty());

        assertThat(store.listObjects(DB, ObjectKind.TABLE, "name5", 100)).hasSize(100);
        assertThat(store.listObjects(DB, ObjectKind.VIEW, "", 100)).hasSize(100);
        assertThat(store.findObject(DB, "name77", ObjectKind.TABLE)).isPresent();
        assertThat(store.listNamespaces(List.of(), "n1", 100)).hasSize(100);
        assertThat(store.findNamespace(DB)).isPresent();
        assertThat(store.liveObjectAt("s3://b/w/77/data/f")).isPresent();
        assertThat(store.overlapping("s3://b/w/77", 9)).hasSize(1);
        assertThat(store.findObjectById("id77")).isPresent();
        assertThat(store.listDeleted(DB, "id5", 100)).hasSize(100);
        assertThat(store.listDeleted(List.of(), "id5", 100)).hasSize(100);
        assertThat(StoreTest.commit(store, StoreTest.create("new", "new", "s3://b/w/new")))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(StoreTest.commit(store, StoreTest.create("in", "in", "s3://b/w/5/deep/in")))
                .isEqualTo(CommitOutcome.LOCATION_TAKEN);
        assertThat(StoreTest.commit(store, new Change.ReplaceObject("new", 1, "v2", "s3://b/w/newer")))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(StoreTest.commit(store, new Change.RenameObject("new", 2, DB, "newer")))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(StoreTest.commit(store, new Change.DropNamespace(DB, 1)))
                .isEqualTo(CommitOutcome.NAMESPACE_NOT_EMPTY);

        assertThat(recorder.statements()).hasSizeGreaterThan(15);
        for (StatementRecorder.Recorded statement : recorder.statements()) {
            if (statement.sql().contains("unnest")) {
                continue; // Takes locks and looks at no table.
            }
            List<String> plan = database.transactions().read(session -> statement.plan(session, explain, column));
            assertThat(plan)
                    .as("plan of %s", statement.sql())
                    .allSatisfy(step -> assertThat(step).doesNotContain(forbidden));
        }
    }

    private static void fill(SqlCatalogDatabase database) {
        AuditRecord audit = new AuditRecord("p", "fill", "w", "allowed", Instant.EPOCH, Map.of());
        database.warehouses().create(new WarehouseRecord("w", "w", "s3://b/w", Map.of(), true, 1), audit);
        StoreTest.commit(database.warehouse("w"), new Change.CreateNamespace(DB, Map.of()));
        int namespaces = database.transactions().write(session -> session.update(MANY_NAMESPACES), count -> true);
        assertThat(namespaces).isEqualTo(5_000);
        int rows = database.transactions().write(session -> session.update(FILL), count -> true);
        assertThat(rows).isEqualTo(OBJECTS);
        boolean unused = database.transactions()
                .write(
                        session -> {
                            session.execute("ANALYZE");
                            return true;
                        },
                        kept -> kept);
    }
}
