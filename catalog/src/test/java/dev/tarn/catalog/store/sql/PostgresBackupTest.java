package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.events.StoredEvent;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog moves from the embedded database to PostgreSQL and back by backup and restore. */
class PostgresBackupTest {
    private static final Clock CLOCK = Clock.systemUTC();

    private final PostgresDatabases databases = new PostgresDatabases();

    @Test
    void aCatalogMovesToPostgresAndBackAndGoesOnInBoth(@TempDir Path folder) {
        Path file = folder.resolve("backup");
        List<StoredEvent> events;
        try (CatalogDatabase embedded = SqliteCatalogDatabase.open(folder.resolve("one"), CLOCK)) {
            fill(embedded);
            events = embedded.events().read("", 0, 9);
        }
        CatalogBackup.ofFolder(folder.resolve("one"), file, CLOCK);
        PostgresSettings settings = PostgresDatabases.settings(databases.of(folder));

        BackupReport restored = CatalogRestore.intoPostgres(settings, file, CatalogRestore.Tasks.RESUME, CLOCK);

        assertThat(restored.objects()).isEqualTo(1);
        try (CatalogDatabase moved = databases.open(folder)) {
            assertThat(moved.events().read("", 0, 9)).isEqualTo(events);
            goOn(moved, "2", events.get(0).sequence());
        }
        CatalogBackup.ofPostgres(settings, file, CLOCK);
        CatalogRestore.intoFolder(folder.resolve("two"), file, CatalogRestore.Tasks.RESUME, CLOCK);
        try (CatalogDatabase back = SqliteCatalogDatabase.open(folder.resolve("two"), CLOCK)) {
            assertThat(back.warehouse("w").listObjects(StoreTest.DB, ObjectKind.TABLE, "", 9))
                    .containsExactly("t1", "t2");
            goOn(back, "3", back.events().read("", 0, 9).get(1).sequence());
        }
        assertThatThrownBy(() -> CatalogRestore.intoPostgres(settings, file, CatalogRestore.Tasks.HOLD, CLOCK))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("is not empty");
    }

    private static void fill(CatalogDatabase database) {
        database.warehouses().create(StoreTest.warehouse("w"), StoreTest.AUDIT);
        StoreTest.commit(database.warehouse("w"), new Change.CreateNamespace(StoreTest.DB, Map.of("a", "b")));
        commitWithEvent(database, "1");
    }

    /** New namespaces and events begin behind those that were restored. */
    private static void goOn(CatalogDatabase database, String id, long lastSequence) {
        assertThat(StoreTest.commit(database.warehouse("w"), new Change.CreateNamespace(List.of("n" + id), Map.of())))
                .isEqualTo(CommitOutcome.APPLIED);
        commitWithEvent(database, id);
        List<StoredEvent> fresh = database.events().read("", lastSequence, 9);
        assertThat(fresh).hasSize(1);
        assertThat(fresh.get(0).event().objectId()).isEqualTo(id);
    }

    private static void commitWithEvent(CatalogDatabase database, String id) {
        assertThat(database.warehouse("w")
                        .commit(new StoreTransaction(
                                List.of(StoreTest.create(id, "t" + id)),
                                List.of(StoreTest.event(id, "v1")),
                                Optional.empty())))
                .isEqualTo(CommitOutcome.APPLIED);
    }
}
