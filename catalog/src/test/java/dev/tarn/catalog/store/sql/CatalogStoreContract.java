package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.NamespaceRecord;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.TarnException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of a warehouse promises. */
abstract class CatalogStoreContract extends StoreTest {
    private static final IdempotencyKey KEY = new IdempotencyKey("p", "k");

    @Test
    void whatWasAppliedIsThereAfterReopening() {
        assertThat(commit(create("1", "t"))).isEqualTo(CommitOutcome.APPLIED);
        reopen();

        assertThat(store.findNamespace(DB)).contains(new NamespaceRecord(DB, Map.of("a", "b"), 1));
        assertThat(store.findObject(DB, "t", ObjectKind.TABLE))
                .contains(new ObjectRecord("1", DB, "t", ObjectKind.TABLE, 1, "v1", "s3://b/1"));
        assertThat(store.findObject(DB, "t", ObjectKind.VIEW)).isEmpty();
        assertThat(database.problem()).isEmpty();
    }

    @Test
    void namesAreUniqueAcrossKinds() {
        commit(create("1", "t"));

        assertThat(commit(new Change.CreateObject("2", DB, "t", ObjectKind.VIEW, "v", "s3://b/v")))
                .isEqualTo(CommitOutcome.NAME_TAKEN);
        assertThat(commit(new Change.CreateNamespace(DB, Map.of()))).isEqualTo(CommitOutcome.NAME_TAKEN);
    }

    @Test
    void warehousesDoNotSeeEachOther() {
        database.warehouses().create(warehouse("other"), AUDIT);
        CatalogStore other = database.warehouse("other");
        commit(create("1", "t"));

        assertThat(other.findNamespace(DB)).isEmpty();
        assertThat(other.findObjectById("1")).isEmpty();
        assertThat(commit(other, replace("1", 1, "v2"))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(other, new Change.DropObject("1", 1))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(other, new Change.CreateNamespace(DB, Map.of()))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(other, create("2", "t", "s3://b/1"))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(database.warehouse("absent"), new Change.CreateNamespace(DB, Map.of())))
                .isEqualTo(CommitOutcome.NAMESPACE_MISSING);
    }

    @Test
    void aTransactionWithOneStaleChangeChangesNothing() {
        commit(create("1", "t"));
        commit(create("2", "u"));
        assertThat(commit(replace("2", 1, "v2"))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(commit(replace("1", 1, "v2"), replace("2", 1, "v3"))).isEqualTo(CommitOutcome.STALE);

        assertThat(byId("1").version()).isEqualTo(1);
    }

    @Test
    void ofManyChangesToOneVersionExactlyOneWins() throws Exception {
        commit(create("1", "t"));
        List<Callable<CommitOutcome>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String location = "w" + i;
            writers.add(() -> commit(replace("1", 1, location)));
        }

        List<CommitOutcome> outcomes = together(writers);

        assertThat(outcomes).containsOnlyOnce(CommitOutcome.APPLIED);
        assertThat(Collections.frequency(outcomes, CommitOutcome.STALE)).isEqualTo(7);
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
        assertThat(commit(new Change.DropNamespace(List.of("db", "child"), 2))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(new Change.DropNamespace(List.of("db", "child"), 1))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.DropObject("1", 1))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.DropNamespace(DB, 1))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void theTopIsNoNamespace() {
        assertThat(store.findNamespace(List.of())).isEmpty();
        assertThat(commit(new Change.DropNamespace(List.of(), 1))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(new Change.CreateObject("1", List.of(), "t", ObjectKind.TABLE, "v", "")))
                .isEqualTo(CommitOutcome.NAMESPACE_MISSING);
    }

    @Test
    void namespacesOfTheGreatestDepthAndLengthAreKept() {
        List<String> levels = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            levels.add(i % 10 + "\u00e9".repeat(127));
            assertThat(commit(new Change.CreateNamespace(levels, Map.of()))).isEqualTo(CommitOutcome.APPLIED);
        }

        assertThat(store.findNamespace(levels).orElseThrow().levels()).isEqualTo(levels);
        assertThat(store.listNamespaces(levels.subList(0, 31), "", 10)).containsExactly(levels.get(31));
        assertThat(commit(new Change.CreateObject("1", levels, "t", ObjectKind.TABLE, "v", "s3://b/deep")))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(byId("1").namespace()).isEqualTo(levels);
    }

    @Test
    void propertiesAreReplacedByCompareAndSwap() {
        assertThat(commit(new Change.ReplaceNamespaceProperties(DB, Map.of("c", "d"), 1)))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.ReplaceNamespaceProperties(DB, Map.of(), 1)))
                .isEqualTo(CommitOutcome.STALE);

        assertThat(store.findNamespace(DB)).contains(new NamespaceRecord(DB, Map.of("c", "d"), 2));
    }

    @Test
    void aRenamedObjectKeepsItsIdAndFreesItsName() {
        commit(create("1", "t"), create("3", "taken"));
        assertThat(commit(new Change.RenameObject("1", 1, DB, "taken"))).isEqualTo(CommitOutcome.NAME_TAKEN);
        assertThat(commit(new Change.RenameObject("1", 9, DB, "u"))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(new Change.RenameObject("1", 1, DB, "u"))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(store.findObject(DB, "t", ObjectKind.TABLE)).isEmpty();
        assertThat(store.findObject(DB, "u", ObjectKind.TABLE).orElseThrow().id())
                .isEqualTo("1");
        assertThat(commit(create("2", "t"))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void namesAreListedInTheOrderOfTheirBytesBehindTheLastOne() {
        List.of("c", "a", "B", "\u00e4").forEach(name -> commit(create(name, name)));

        assertThat(store.listObjects(DB, ObjectKind.TABLE, "", 2)).containsExactly("B", "a");
        assertThat(store.listObjects(DB, ObjectKind.TABLE, "a", 9)).containsExactly("c", "\u00e4");
        assertThat(store.listObjects(DB, ObjectKind.VIEW, "", 9)).isEmpty();
        assertThat(store.listNamespaces(List.of(), "", 10)).containsExactly("db");
    }

    @Test
    void aKeyIsFinishedWithItsChangeAndOnlyOnce() {
        IdempotencyRecord finished = finished(StoredReply.table("v1"));
        assertThat(keyed(finished, create("1", "t"))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(keyed(finished, create("2", "u"))).isEqualTo(CommitOutcome.KEY_TAKEN);

        assertThat(store.findFinished(KEY)).contains(finished);
        assertThat(store.findObject(DB, "u", ObjectKind.TABLE)).isEmpty();
        assertThat(database.warehouse("other").findFinished(KEY)).isEmpty();
    }

    @Test
    void ofManyMutationsWithOneKeyExactlyOneIsMade() throws Exception {
        IdempotencyRecord finished = finished(StoredReply.empty());
        List<Callable<CommitOutcome>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String id = "id" + i;
            writers.add(() -> keyed(finished, create(id, id)));
        }

        List<CommitOutcome> outcomes = together(writers);

        assertThat(outcomes).containsOnlyOnce(CommitOutcome.APPLIED);
        assertThat(Collections.frequency(outcomes, CommitOutcome.KEY_TAKEN)).isEqualTo(7);
        assertThat(store.listObjects(DB, ObjectKind.TABLE, "", 9)).hasSize(1);
    }

    @Test
    void aFailedChangeDoesNotFinishItsKey() {
        assertThat(keyed(finished(StoredReply.empty()), new Change.DropObject("absent", 1)))
                .isEqualTo(CommitOutcome.STALE);

        assertThat(store.findFinished(KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://b/x", "s3://b/x/", "s3a://b/x", "s3://b/x/y", "s3://b", "s3://b/x/y/z/"})
    void aLocationAtAboveOrBelowAnotherOneIsTaken(String location) {
        commit(create("1", "t", "s3://b/x"));

        assertThat(commit(create("2", "u", location))).isEqualTo(CommitOutcome.LOCATION_TAKEN);
        assertThat(store.findObjectById("2")).isEmpty();
        assertThat(store.overlapping(location, 10)).extracting(ObjectRecord::id).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://b/xy", "s3://b/x-y", "s3://b/x0", "s3://other/x", "s3://b/X", "s3://b/w/x"})
    void aLocationBesideAnotherOneIsFree(String location) {
        commit(create("1", "t", "s3://b/x"));

        assertThat(commit(create("2", "u", location))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void whoMayOverlapIsNotLookedAt() {
        commit(create("1", "t", "s3://b/x"));

        assertThat(commit(new Change.CreateObject(
                        "2", DB, "u", ObjectKind.TABLE, "v", "s3://b/x/y", LocationRule.MAY_OVERLAP)))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(store.overlapping("s3://b/x", 1)).hasSize(1);
        assertThat(store.overlapping("s3://b/x", 9)).hasSize(2);
    }

    @Test
    void aCommitThatMovesItsTableIsLookedAt() {
        commit(create("1", "t", "s3://b/x"));
        commit(create("2", "u", "s3://b/y"));

        assertThat(commit(new Change.ReplaceObject("2", 1, "v2", "s3://b/x/in")))
                .isEqualTo(CommitOutcome.LOCATION_TAKEN);
        assertThat(byId("2").version()).isEqualTo(1);
        assertThat(commit(new Change.ReplaceObject("2", 1, "v2", "s3://b/y/in")))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(byId("2").location()).isEqualTo("s3://b/y/in");
        assertThat(commit(new Change.ReplaceObject("2", 2, "v3", ""))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(byId("2").location()).isEqualTo("s3://b/y/in");
        assertThat(commit(new Change.ReplaceObject("2", 2, "v3", "s3://b/z"))).isEqualTo(CommitOutcome.STALE);
    }

    @Test
    void ofTwoThatRaceForOverlappingLocationsOneWins() throws Exception {
        for (int round = 0; round < 20; round++) {
            String outer = "s3://b/race" + round;
            String a = "a" + round;
            String b = "b" + round;

            List<CommitOutcome> outcomes = together(
                    List.of(() -> commit(create(a, a, outer)), () -> commit(create(b, b, outer + "/deep/in"))));

            assertThat(outcomes).containsExactlyInAnyOrder(CommitOutcome.APPLIED, CommitOutcome.LOCATION_TAKEN);
        }
    }

    @Test
    void aFileBelongsToTheNearestLiveObjectAboveIt() {
        commit(create("1", "t", "s3://b/x"));
        commit(new Change.CreateObject("2", DB, "u", ObjectKind.TABLE, "v", "s3://b/x/y", LocationRule.MAY_OVERLAP));

        assertThat(store.liveObjectAt("s3://b/x/y/data/f.parquet").map(ObjectRecord::id))
                .contains("2");
        assertThat(store.liveObjectAt("s3a://b/x/data").map(ObjectRecord::id)).contains("1");
        assertThat(store.liveObjectAt("s3://b/xy")).isEmpty();
        commit(new Change.SoftDeleteObject("2", 1, Instant.EPOCH, Instant.EPOCH));
        assertThat(store.liveObjectAt("s3://b/x/y/data").map(ObjectRecord::id)).contains("1");
    }

    @Test
    void aLocationTooLongToBeFoundAgainIsRefused() {
        assertThatThrownBy(() -> commit(create("1", "t", "s3://b/" + "x".repeat(2_000))))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("at most 2000 bytes but has 2007");
    }

    @Test
    void textWithNulIsRefused() {
        assertThatThrownBy(() -> commit(create("1", "t\0")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("NUL");
        assertThat(store.listObjects(DB, ObjectKind.TABLE, "", 9)).isEmpty();
    }

    @Test
    void aSoftlyDroppedObjectFreesItsNameAndKeepsItsLocation() {
        commit(create("1", "t", "s3://b/x"));
        Instant now = Instant.ofEpochMilli(1_000);
        Instant later = Instant.ofEpochMilli(2_000);
        assertThat(commit(new Change.SoftDeleteObject("1", 1, now, later))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(store.findObject(DB, "t", ObjectKind.TABLE)).isEmpty();
        assertThat(store.listObjects(DB, ObjectKind.TABLE, "", 9)).isEmpty();
        assertThat(byId("1"))
                .isEqualTo(new ObjectRecord(
                        "1",
                        DB,
                        "t",
                        ObjectKind.TABLE,
                        2,
                        "v1",
                        "s3://b/x",
                        Optional.of(now),
                        Optional.of(later),
                        false));
        assertThat(store.listDeleted(DB, "", 9)).containsExactly(byId("1"));
        assertThat(store.listDeleted(List.of(), "", 9)).containsExactly(byId("1"));
        assertThat(store.listDeleted(DB, "1", 9)).isEmpty();
        assertThat(store.listDeleted(List.of("no"), "", 9)).isEmpty();
        assertThat(commit(create("2", "u", "s3://b/x"))).isEqualTo(CommitOutcome.LOCATION_TAKEN);
        assertThat(commit(create("2", "t", "s3://b/y"))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(replace("1", 2, "v2"))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(new Change.ExpectObject("1", 2))).isEqualTo(CommitOutcome.STALE);
    }

    @Test
    void aSoftlyDroppedObjectComesBackUnderAFreeName() {
        commit(create("1", "t"));
        commit(new Change.SoftDeleteObject("1", 1, Instant.EPOCH, Instant.EPOCH));
        commit(create("2", "t"));

        assertThat(commit(new Change.UndropObject("1", 2, DB, "t"))).isEqualTo(CommitOutcome.NAME_TAKEN);
        assertThat(commit(new Change.UndropObject("1", 2, List.of("no"), "t")))
                .isEqualTo(CommitOutcome.NAMESPACE_MISSING);
        assertThat(commit(new Change.UndropObject("2", 1, DB, "x"))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(new Change.UndropObject("1", 2, DB, "u"))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(store.findObject(DB, "u", ObjectKind.TABLE))
                .contains(new ObjectRecord("1", DB, "u", ObjectKind.TABLE, 3, "v1", "s3://b/1"));
        assertThat(store.listDeleted(List.of(), "", 9)).isEmpty();
    }

    @Test
    void aNamespaceMayGoThoughObjectsWereSoftlyDroppedInIt() {
        commit(create("1", "t"));
        commit(new Change.SoftDeleteObject("1", 1, Instant.EPOCH, Instant.EPOCH));

        assertThat(commit(new Change.DropNamespace(DB, 1))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(store.listDeleted(DB, "", 9))
                .extracting(ObjectRecord::namespace)
                .containsExactly(DB);
        assertThat(commit(new Change.DropObject("1", 2))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(store.findObjectById("1")).isEmpty();
    }

    @Test
    void aPurgeThatBeganCannotBeUndoneByWhoSawTheObjectBefore() {
        commit(create("1", "t"));
        assertThat(commit(new Change.BeginPurge("1", 1))).isEqualTo(CommitOutcome.STALE);
        commit(new Change.SoftDeleteObject("1", 1, Instant.EPOCH, Instant.EPOCH));

        assertThat(commit(new Change.BeginPurge("1", 2))).isEqualTo(CommitOutcome.APPLIED);

        assertThat(commit(new Change.UndropObject("1", 2, DB, "t"))).isEqualTo(CommitOutcome.STALE);
        assertThat(byId("1").version()).isEqualTo(3);
        assertThat(commit(new Change.DropObject("1", 3))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void everyObjectIsListedLiveOrDropped() {
        commit(create("1", "a"));
        commit(create("2", "b"));
        commit(create("3", "c"));
        commit(new Change.SoftDeleteObject("2", 1, Instant.EPOCH, Instant.EPOCH));

        assertThat(store.listAll("", 2)).extracting(ObjectRecord::id).containsExactly("1", "2");
        assertThat(store.listAll("2", 9)).containsExactly(byId("3"));
        assertThat(store.listAll("3", 9)).isEmpty();
    }

    @Test
    void protectionIsANewVersion() {
        commit(create("1", "t"));

        assertThat(commit(new Change.ProtectObject("1", 1, true))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.DropObject("1", 1))).isEqualTo(CommitOutcome.STALE);
        assertThat(byId("1").isProtected()).isTrue();
        assertThat(commit(new Change.ProtectObject("1", 2, false))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(byId("1").isProtected()).isFalse();
    }

    @Test
    void whatATransactionReadMustStillBeThereWhenItCommits() {
        commit(create("1", "t"), create("2", "u"));

        assertThat(commit(new Change.ExpectObject("1", 1), replace("2", 1, "v2")))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.ExpectObject("1", 2), replace("2", 2, "v3")))
                .isEqualTo(CommitOutcome.STALE);
        assertThat(byId("2").version()).isEqualTo(2);
        assertThat(byId("1").version()).isEqualTo(1);
    }

    @Test
    void twoThatReadWhatTheOtherOneWritesAreNeverBothApplied() throws Exception {
        commit(create("1", "t"), create("2", "u"));
        long first = 1;
        long second = 1;
        for (int round = 0; round < 40; round++) {
            long one = first;
            long two = second;

            List<CommitOutcome> outcomes = together(List.of(
                    () -> commit(new Change.ExpectObject("1", one), replace("2", two, "x")),
                    () -> commit(new Change.ExpectObject("2", two), replace("1", one, "y"))));

            assertThat(outcomes).containsExactlyInAnyOrder(CommitOutcome.APPLIED, CommitOutcome.STALE);
            first = byId("1").version();
            second = byId("2").version();
        }
    }

    @Test
    void manyTransactionsOverManyTablesInAnyOrderAllEnd() throws Exception {
        List<Change> tables = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            tables.add(create("id" + i, "t" + i));
        }
        commit(tables.toArray(Change[]::new));
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int writer = 0; writer < 8; writer++) {
            int turn = writer;
            writers.add(() -> {
                int applied = 0;
                for (int i = 0; i < 20; i++) {
                    String one = "id" + (turn + i) % 6;
                    String two = "id" + (turn * 5 + i * 3 + 1) % 6;
                    if (!one.equals(two)
                            && commit(
                                            replace(one, byId(one).version(), "a"),
                                            replace(two, byId(two).version(), "b"))
                                    == CommitOutcome.APPLIED) {
                        applied += 2;
                    }
                }
                return applied;
            });
        }

        int applied = together(writers).stream().mapToInt(Integer::intValue).sum();

        long versions = 0;
        for (int i = 0; i < 6; i++) {
            versions += byId("id" + i).version() - 1;
        }
        assertThat(versions).isEqualTo(applied).isPositive();
    }

    private CommitOutcome keyed(IdempotencyRecord finished, Change... changes) {
        return store.commit(new StoreTransaction(List.of(changes), List.of(), Optional.of(finished)));
    }

    private static IdempotencyRecord finished(StoredReply reply) {
        return new IdempotencyRecord(KEY, "hash", reply, Instant.ofEpochMilli(Long.MAX_VALUE / 2));
    }
}
