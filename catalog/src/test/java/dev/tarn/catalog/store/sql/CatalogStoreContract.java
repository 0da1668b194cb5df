package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.NamespaceRecord;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.catalog.store.WarehouseRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store promises. */
abstract class CatalogStoreContract {
    private static final List<String> DB = List.of("db");
    private static final IdempotencyKey KEY = new IdempotencyKey("p", "k");

    private Path folder;
    private static final AuditRecord AUDIT =
            new AuditRecord("p", "test", "thing", "allowed", Instant.EPOCH, Map.of("a", "b"));

    private CatalogDatabase database;
    private CatalogStore store;

    /** Opens the store of a folder, again if it was closed. */
    abstract CatalogDatabase open(Path folder);

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        database = open(folder);
        store = database.warehouse("w");
        assertThat(database.warehouses().create(warehouse("w"), AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.CreateNamespace(DB, Map.of("a", "b")))).isEqualTo(CommitOutcome.APPLIED);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void whatWasAppliedIsThereAfterReopening() {
        assertThat(commit(create("1", "t"))).isEqualTo(CommitOutcome.APPLIED);
        database.close();
        database = open(folder);
        store = database.warehouse("w");

        assertThat(store.findNamespace(DB)).contains(new NamespaceRecord(DB, Map.of("a", "b"), 1));
        assertThat(store.findObject(DB, "t", ObjectKind.TABLE))
                .contains(new ObjectRecord("1", DB, "t", ObjectKind.TABLE, 1, "v1", "s3://b/1"));
        assertThat(store.findObject(DB, "t", ObjectKind.VIEW)).isEmpty();
    }

    @Test
    void namesAreUniqueAcrossKinds() {
        commit(create("1", "t"));

        assertThat(commit(new Change.CreateObject("2", DB, "t", ObjectKind.VIEW, "v", "s3://b/v")))
                .isEqualTo(CommitOutcome.NAME_TAKEN);
        assertThat(commit(new Change.CreateNamespace(DB, Map.of()))).isEqualTo(CommitOutcome.NAME_TAKEN);
    }

    @Test
    void aTransactionWithOneStaleChangeChangesNothing() {
        commit(create("1", "t"));
        commit(create("2", "u"));
        assertThat(commit(new Change.ReplaceObject("2", 1, "v2", "s3://b/2"))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(commit(
                        new Change.ReplaceObject("1", 1, "v2", "s3://b/1"),
                        new Change.ReplaceObject("2", 1, "v3", "s3://b/2")))
                .isEqualTo(CommitOutcome.STALE);

        assertThat(store.findObject(DB, "t", ObjectKind.TABLE).orElseThrow().version())
                .isEqualTo(1);
    }

    @Test
    void ofManyChangesToOneVersionExactlyOneWins() throws Exception {
        commit(create("1", "t"));
        ExecutorService executor = Executors.newFixedThreadPool(8);
        int won = 0;
        try {
            List<Future<CommitOutcome>> running = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String location = "w" + i;
                running.add(executor.submit(() -> commit(new Change.ReplaceObject("1", 1, location, "s3://b/1"))));
            }
            for (Future<CommitOutcome> future : running) {
                won += future.get() == CommitOutcome.APPLIED ? 1 : 0;
            }
        } finally {
            executor.shutdownNow();
        }

        assertThat(won).isEqualTo(1);
    }

    @Test
    void namespacesMustBeEmptyToGoAndPresentToTakeObjects() {
        commit(create("1", "t"));
        commit(new Change.CreateNamespace(List.of("db", "child"), Map.of()));

        assertThat(commit(new Change.DropNamespace(DB, 1))).isEqualTo(CommitOutcome.NAMESPACE_NOT_EMPTY);
        assertThat(commit(new Change.CreateObject("2", List.of("no"), "t", ObjectKind.TABLE, "v", "s3://b/v")))
                .isEqualTo(CommitOutcome.NAMESPACE_MISSING);
        assertThat(commit(new Change.RenameObject("1", 1, List.of("no"), "t")))
                .isEqualTo(CommitOutcome.NAMESPACE_MISSING);
        assertThat(commit(new Change.CreateNamespace(List.of("no", "child"), Map.of())))
                .isEqualTo(CommitOutcome.NAMESPACE_MISSING);
    }

    @Test
    void aRenamedObjectKeepsItsIdAndFreesItsName() {
        commit(create("1", "t"));
        assertThat(commit(new Change.RenameObject("1", 1, DB, "u"))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(store.findObject(DB, "t", ObjectKind.TABLE)).isEmpty();
        assertThat(store.findObject(DB, "u", ObjectKind.TABLE).orElseThrow().id())
                .isEqualTo("1");
        assertThat(commit(create("2", "t"))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void namesAreListedInOrderBehindTheLastOne() {
        List.of("c", "a", "b").forEach(name -> commit(create(name, name)));

        assertThat(store.listObjects(DB, ObjectKind.TABLE, "", 2)).containsExactly("a", "b");
        assertThat(store.listObjects(DB, ObjectKind.TABLE, "b", 2)).containsExactly("c");
        assertThat(store.listNamespaces(List.of(), "", 10)).containsExactly("db");
    }

    @Test
    void aKeyIsFinishedWithItsChangeAndOnlyOnce() {
        IdempotencyRecord finished =
                new IdempotencyRecord(KEY, "hash", StoredReply.table("v1"), Instant.ofEpochMilli(Long.MAX_VALUE / 2));
        assertThat(store.commit(new StoreTransaction(List.of(create("1", "t")), events(), Optional.of(finished))))
                .isEqualTo(CommitOutcome.APPLIED);

        assertThat(store.commit(new StoreTransaction(List.of(create("2", "u")), events(), Optional.of(finished))))
                .isEqualTo(CommitOutcome.KEY_TAKEN);

        assertThat(store.findFinished(KEY)).contains(finished);
        assertThat(store.findObject(DB, "u", ObjectKind.TABLE)).isEmpty();
    }

    @Test
    void aFailedChangeDoesNotFinishItsKey() {
        IdempotencyRecord finished =
                new IdempotencyRecord(KEY, "hash", StoredReply.empty(), Instant.ofEpochMilli(Long.MAX_VALUE / 2));
        assertThat(store.commit(new StoreTransaction(
                        List.of(new Change.DropObject("absent", 1)), events(), Optional.of(finished))))
                .isEqualTo(CommitOutcome.STALE);

        assertThat(store.findFinished(KEY)).isEmpty();
    }

    private CommitOutcome commit(Change... changes) {
        return store.commit(new StoreTransaction(List.of(changes), events(), Optional.empty()));
    }

    private static WarehouseRecord warehouse(String id) {
        return new WarehouseRecord(id, "name of " + id, "s3://b", Map.of("k", "v"), true, 1);
    }

    private static Change create(String id, String name) {
        return new Change.CreateObject(id, DB, name, ObjectKind.TABLE, "v1", "s3://b/" + id);
    }

    private static List<CatalogEvent> events() {
        return List.of(CatalogEvent.ofNamespace("test", DB, "p", Instant.EPOCH));
    }
}
