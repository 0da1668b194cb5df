package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogBackupTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final List<String> EU = List.of("shop", "eu");
    private static final AuditRecord AUDIT =
            new AuditRecord("ada", "create", "it", "done", Instant.EPOCH, Map.of("why", "test"));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void fill() {
        file = folder.resolve("catalog.backup");
        try (CatalogDatabase database = open("source")) {
            assertThat(database.warehouses()
                            .create(new WarehouseRecord("w1", "lake", "s3://lake/w", Map.of("a", "b"), true, 1), AUDIT))
                    .isEqualTo(CommitOutcome.APPLIED);
            commit(database, new Change.CreateNamespace(List.of("shop"), Map.of("owner", "ada ✓ \"quoted\"")));
            commit(database, new Change.CreateNamespace(EU, Map.of()));
            commit(
                    database,
                    new Change.CreateObject(
                            "o1", EU, "orders", ObjectKind.TABLE, "s3://lake/w/o/1.json", "s3://lake/w/o"));
            commit(database, new Change.ReplaceObject("o1", 1, "s3://lake/w/o/2.json", "s3://lake/w/o"));
            commit(
                    database,
                    new Change.EnqueueTask(new TaskRecord(
                            "t1", "w1", "purge", "{}", "", Instant.EPOCH, 0, Optional.empty(), Optional.empty(), "")));
            assertThat(database.access()
                            .createPrincipal(
                                    new PrincipalRecord("p1", "ada", "client-1", "hash", true, Map.of(), 1), AUDIT))
                    .isEqualTo(CommitOutcome.APPLIED);
        }
    }

    @Test
    void everythingComesBackAndNewIdsAndEventsBeginBehindIt() {
        long last;
        try (CatalogDatabase source = open("source")) {
            last = source.events().read("", 0, 1_000).size();
        }
        BackupReport taken = CatalogBackup.ofFolder(folder.resolve("source"), file, CLOCK);
        BackupReport restored =
                CatalogRestore.intoFolder(folder.resolve("copy"), file, CatalogRestore.Tasks.HOLD, CLOCK);

        assertThat(restored.rows()).isEqualTo(taken.rows());
        assertThat(restored.objects()).isEqualTo(1);
        assertThat(restored.heldTasks()).isEqualTo(1);
        try (CatalogDatabase source = open("source");
                CatalogDatabase copy = open("copy")) {
            assertThat(copy.warehouses().find("lake"))
                    .isEqualTo(source.warehouses().find("lake"));
            assertThat(copy.warehouse("w1").findNamespace(List.of("shop")))
                    .isEqualTo(source.warehouse("w1").findNamespace(List.of("shop")));
            assertThat(copy.warehouse("w1").findObject(EU, "orders", ObjectKind.TABLE))
                    .isEqualTo(source.warehouse("w1").findObject(EU, "orders", ObjectKind.TABLE))
                    .isPresent();
            assertThat(copy.access().findPrincipal("p1"))
                    .isEqualTo(source.access().findPrincipal("p1"))
                    .isPresent();
            assertThat(copy.events().read("", 0, 1_000))
                    .isEqualTo(source.events().read("", 0, 1_000));

            commit(copy, new Change.CreateNamespace(List.of("new"), Map.of()));
            assertThat(copy.events().read("", last, 10).get(0).sequence()).isGreaterThan(last + 1_000_000);
        }
    }

    @Test
    void aTaskThatDeletesFilesWaitsUnlessNothingHappenedSince() {
        CatalogBackup.ofFolder(folder.resolve("source"), file, CLOCK);
        CatalogRestore.intoFolder(folder.resolve("held"), file, CatalogRestore.Tasks.HOLD, CLOCK);
        CatalogRestore.intoFolder(folder.resolve("resumed"), file, CatalogRestore.Tasks.RESUME, CLOCK);

        Instant now = CLOCK.instant();
        try (CatalogDatabase held = open("held");
                CatalogDatabase resumed = open("resumed")) {
            assertThat(held.tasks().lease("purge", "me", now, now.plusSeconds(60), 10))
                    .isEmpty();
            assertThat(held.tasks().find("t1").orElseThrow().problem()).contains("held back since a restore");
            assertThat(resumed.tasks().lease("purge", "me", now, now.plusSeconds(60), 10))
                    .hasSize(1);
        }
    }

    @Test
    void aBackupIsTakenWhileTheDatabaseIsHeldAndOnlyItsOwnerCanReadIt() throws IOException {
        try (CatalogDatabase held = open("source")) {
            assertThat(held.problem()).isEmpty();
            assertThat(CatalogBackup.ofFolder(folder.resolve("source"), file, CLOCK)
                            .warehouses())
                    .isEqualTo(1);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aCatalogMovesFromOneKindOfDatabaseToTheOtherAndBack() {
        PostgresSettings postgres = PostgresDatabases.settings(new PostgresDatabases().of(folder));
        BackupReport taken = CatalogBackup.ofFolder(folder.resolve("source"), file, CLOCK);
        CatalogRestore.intoPostgres(postgres, file, CatalogRestore.Tasks.RESUME, CLOCK);
        try (CatalogDatabase moved = PostgresCatalogDatabase.open(postgres, CLOCK, new SimpleMeterRegistry());
                CatalogDatabase source = open("source")) {
            assertThat(moved.warehouse("w1").findObject(EU, "orders", ObjectKind.TABLE))
                    .isEqualTo(source.warehouse("w1").findObject(EU, "orders", ObjectKind.TABLE))
                    .isPresent();
            assertThat(moved.events().read("", 0, 1_000))
                    .isEqualTo(source.events().read("", 0, 1_000));
            commit(moved, new Change.CreateNamespace(List.of("new"), Map.of()));
            assertThat(moved.events().read("", taken.rows(), 10)).hasSize(1);
        }

        BackupReport again = CatalogBackup.ofPostgres(postgres, file, CLOCK);
        CatalogRestore.intoFolder(folder.resolve("back"), file, CatalogRestore.Tasks.RESUME, CLOCK);

        assertThat(again.rows()).isEqualTo(taken.rows() + 2); // The namespace and its event.
        try (CatalogDatabase back = open("back")) {
            assertThat(back.warehouse("w1").findNamespace(List.of("new"))).isPresent();
            assertThat(back.warehouse("w1").findObject(EU, "orders", ObjectKind.TABLE))
                    .isPresent();
        }
    }

    @Test
    void aFileThatIsNotWholeIsRefusedBeforeAnythingIsRestored() throws IOException {
        CatalogBackup.ofFolder(folder.resolve("source"), file, CLOCK);
        String whole = Files.readString(file);
        List<String> lines = whole.lines().toList();
        String cut = String.join("\n", lines.subList(0, lines.size() - 1));
        String changed = whole.replace("s3://lake/w/o/2.json", "s3://lake/w/o/3.json");
        String missing =
                String.join("\n", lines.subList(0, 3)) + "\n" + String.join("\n", lines.subList(4, lines.size()));

        for (String bad : List.of(cut, changed, missing, "", "hello", "{}")) {
            Path damaged = Files.writeString(folder.resolve("damaged"), bad, StandardCharsets.UTF_8);
            assertThatThrownBy(() -> CatalogRestore.intoFolder(
                            folder.resolve("never"), damaged, CatalogRestore.Tasks.HOLD, CLOCK))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                    .hasMessageContaining("damaged");
        }
        assertThat(folder.resolve("never")).doesNotExist();
    }

    @Test
    void aDatabaseThatHoldsSomethingIsNotOverwritten() {
        CatalogBackup.ofFolder(folder.resolve("source"), file, CLOCK);

        assertThatThrownBy(() ->
                        CatalogRestore.intoFolder(folder.resolve("source"), file, CatalogRestore.Tasks.HOLD, CLOCK))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("not empty");
        assertThatThrownBy(() -> CatalogBackup.ofFolder(folder.resolve("nothing"), file, CLOCK))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("holds no catalog");
    }

    private CatalogDatabase open(String name) {
        return SqliteCatalogDatabase.open(folder.resolve(name), CLOCK);
    }

    private static void commit(CatalogDatabase database, Change change) {
        CatalogEvent event = CatalogEvent.ofNamespace("test", EU, "ada", Instant.EPOCH);
        assertThat(database.warehouse("w1")
                        .commit(new StoreTransaction(List.of(change), List.of(event), Optional.empty())))
                .isEqualTo(CommitOutcome.APPLIED);
    }
}
