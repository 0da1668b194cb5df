package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.events.StoredEvent;
import dev.tarn.catalog.store.AuditChain;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.GrantRecord;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.catalog.store.RoleRecord;
import dev.tarn.catalog.store.SecurableKind;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredAudit;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every database promises about warehouses, access, tasks, events and the audit log. */
abstract class AdministrationContract extends StoreTest {
    private static final PrincipalRecord ANN =
            new PrincipalRecord("ann-id", "ann", "ann-client", "hash", true, Map.of("team", "x"), 1);
    private static final RoleRecord READERS = new RoleRecord("readers-id", "readers", 1);
    private static final Instant T0 = Instant.ofEpochMilli(1_000);
    private static final Instant T1 = Instant.ofEpochMilli(2_000);
    private static final Instant T2 = Instant.ofEpochMilli(3_000);

    @Test
    void warehousesAreFoundListedReplacedAndDropped() {
        assertThat(database.warehouses().find("name of w")).contains(warehouse("w"));
        assertThat(database.warehouses().create(warehouse("w"), AUDIT)).isEqualTo(CommitOutcome.NAME_TAKEN);
        database.warehouses().create(warehouse("a"), AUDIT);
        assertThat(database.warehouses().list("", 9))
                .extracting(WarehouseRecord::id)
                .containsExactly("a", "w");
        assertThat(database.warehouses().list("name of a", 9))
                .extracting(WarehouseRecord::id)
                .containsExactly("w");

        WarehouseRecord renamed = new WarehouseRecord("a", "name of w", "s3://c", Map.of(), false, 1);
        assertThat(database.warehouses().replace(renamed, AUDIT)).isEqualTo(CommitOutcome.NAME_TAKEN);
        WarehouseRecord changed = new WarehouseRecord("a", "x", "s3://c", Map.of(), false, 1);
        assertThat(database.warehouses().replace(changed, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.warehouses().replace(changed, AUDIT)).isEqualTo(CommitOutcome.STALE);
        assertThat(database.warehouses().findById("a"))
                .contains(new WarehouseRecord("a", "x", "s3://c", Map.of(), false, 2));

        assertThat(database.warehouses().drop("a", 1, AUDIT)).isEqualTo(CommitOutcome.STALE);
        assertThat(database.warehouses().drop("a", 2, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.warehouses().findById("a")).isEmpty();
    }

    @Test
    void aWarehouseThatHoldsAnythingStays() {
        assertThat(database.warehouses().drop("w", 1, AUDIT)).isEqualTo(CommitOutcome.WAREHOUSE_NOT_EMPTY);
        commit(create("1", "t"), new Change.EnqueueTask(task("x", T0)));
        commit(new Change.SoftDeleteObject("1", 1, T0, T0));
        commit(new Change.DropNamespace(DB, 1));
        assertThat(database.warehouses().drop("w", 1, AUDIT)).isEqualTo(CommitOutcome.WAREHOUSE_NOT_EMPTY);
        commit(new Change.DropObject("1", 2));
        assertThat(database.warehouses().drop("w", 1, AUDIT)).isEqualTo(CommitOutcome.WAREHOUSE_NOT_EMPTY);
        commit(new Change.CancelTask("x"));
        assertThat(database.warehouses().drop("w", 1, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.CreateNamespace(DB, Map.of()))).isEqualTo(CommitOutcome.NAMESPACE_MISSING);
    }

    @Test
    void principalsAreFoundByEveryNameTheyHave() {
        assertThat(database.access().createPrincipal(ANN, AUDIT)).isEqualTo(CommitOutcome.APPLIED);

        assertThat(database.access().findPrincipal("ann-id")).contains(ANN);
        assertThat(database.access().findPrincipalByName("ann")).contains(ANN);
        assertThat(database.access().findPrincipalByClientId("ann-client")).contains(ANN);
        assertThat(database.access().listPrincipals("", 9)).containsExactly(ANN);
        assertThat(database.access().listPrincipals("ann", 9)).isEmpty();
        assertThat(ANN.toString()).doesNotContain("hash,");
    }

    @Test
    void namesAndClientIdsOfPrincipalsAreUniqueAndClientIdsMayBeAbsent() {
        database.access().createPrincipal(ANN, AUDIT);
        PrincipalRecord bob = new PrincipalRecord("bob-id", "bob", "", "", true, Map.of(), 1);
        PrincipalRecord eve = new PrincipalRecord("eve-id", "eve", "", "", true, Map.of(), 1);

        assertThat(database.access().createPrincipal(bob, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().createPrincipal(eve, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access()
                        .replacePrincipal(new PrincipalRecord("bob-id", "ann", "", "", true, Map.of(), 1), AUDIT))
                .isEqualTo(CommitOutcome.NAME_TAKEN);
        assertThat(database.access()
                        .replacePrincipal(
                                new PrincipalRecord("bob-id", "bob", "ann-client", "", true, Map.of(), 1), AUDIT))
                .isEqualTo(CommitOutcome.NAME_TAKEN);
        assertThat(database.access()
                        .replacePrincipal(new PrincipalRecord("bob-id", "bob", "b", "h", false, Map.of(), 1), AUDIT))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().findPrincipal("bob-id"))
                .contains(new PrincipalRecord("bob-id", "bob", "b", "h", false, Map.of(), 2));
        assertThat(database.access().findPrincipalByClientId("")).isEmpty();
        assertThat(database.access().dropPrincipal("bob-id", 1, AUDIT)).isEqualTo(CommitOutcome.STALE);
    }

    @Test
    void rolesAreAssignedAndGoWithWhoHasThem() {
        database.access().createPrincipal(ANN, AUDIT);
        database.access().createRole(READERS, AUDIT);

        assertThat(database.access().assign("ann-id", "readers-id", AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().assign("ann-id", "readers-id", AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().assign("no", "readers-id", AUDIT)).isEqualTo(CommitOutcome.STALE);
        assertThat(database.access().rolesOf("ann-id")).containsExactly(READERS);
        assertThat(database.access().principalsOf("readers-id", "", 9)).containsExactly(ANN);
        assertThat(database.access().unassign("ann-id", "readers-id", AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().unassign("ann-id", "readers-id", AUDIT)).isEqualTo(CommitOutcome.STALE);

        database.access().assign("ann-id", "readers-id", AUDIT);
        assertThat(database.access().dropRole("readers-id", 1, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().rolesOf("ann-id")).isEmpty();
        assertThat(database.access().listRoles("", 9)).isEmpty();
    }

    @Test
    void rolesAreRenamedUnlessTheNameIsTaken() {
        database.access().createRole(READERS, AUDIT);
        database.access().createRole(new RoleRecord("writers-id", "writers", 1), AUDIT);

        assertThat(database.access().replaceRole(new RoleRecord("writers-id", "readers", 1), AUDIT))
                .isEqualTo(CommitOutcome.NAME_TAKEN);
        assertThat(database.access().replaceRole(new RoleRecord("writers-id", "w", 1), AUDIT))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().findRoleByName("w")).contains(new RoleRecord("writers-id", "w", 2));
        assertThat(database.access().findRole("writers-id")).isPresent();
    }

    @Test
    void whatGetsANameAgainDoesNotInheritTheGrantsOnItsPredecessor() {
        List<String> levels = List.of("granted");
        database.access().createRole(READERS, AUDIT);
        commit(store, new Change.CreateNamespace(levels, Map.of()));
        commit(store, new Change.CreateNamespace(List.of("other"), Map.of()));
        GrantRecord kept = new GrantRecord("readers-id", "READ", SecurableKind.NAMESPACE, "w", List.of("other"), "");
        database.access().grant(new GrantRecord("readers-id", "READ", SecurableKind.NAMESPACE, "w", levels, ""), AUDIT);
        database.access().grant(kept, AUDIT);
        long revision = database.access().revision();

        assertThat(commit(store, new Change.DropNamespace(levels, 1))).isEqualTo(CommitOutcome.APPLIED);
        commit(store, new Change.CreateNamespace(levels, Map.of()));

        assertThat(database.access().grantsOf(List.of("readers-id"))).containsExactly(kept);
        assertThat(database.access().revision()).isGreaterThan(revision);
    }

    @Test
    void grantsAreOnWhatTheyNameAndGoWithTheirRole() {
        database.access().createRole(READERS, AUDIT);
        GrantRecord server = new GrantRecord("readers-id", "READ", SecurableKind.SERVER, "", List.of(), "");
        GrantRecord namespace = new GrantRecord(
                "readers-id", "READ", SecurableKind.NAMESPACE, "w", List.of("a", "b".repeat(255), "c".repeat(900)), "");
        GrantRecord object = new GrantRecord("readers-id", "READ", SecurableKind.OBJECT, "w", List.of(), "id");

        for (GrantRecord grant : List.of(server, namespace, object, server)) {
            assertThat(database.access().grant(grant, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        }
        assertThat(database.access().grantsOf(List.of("readers-id", "no")))
                .containsExactlyInAnyOrder(server, namespace, object);
        assertThat(database.access().grantsOf(List.of())).isEmpty();
        assertThat(database.access().revoke(object, AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(database.access().revoke(object, AUDIT)).isEqualTo(CommitOutcome.STALE);
        assertThat(database.access()
                        .grant(new GrantRecord("no", "READ", SecurableKind.SERVER, "", List.of(), ""), AUDIT))
                .isEqualTo(CommitOutcome.STALE);

        database.access().dropRole("readers-id", 1, AUDIT);
        assertThat(database.access().grantsOf(List.of("readers-id"))).isEmpty();
    }

    @Test
    void everyChangeOfAccessRaisesTheRevisionAndFailuresDoNot() {
        long before = database.access().revision();
        database.access().createPrincipal(ANN, AUDIT);
        assertThat(database.access().revision()).isEqualTo(before + 1);

        database.access().createPrincipal(ANN, AUDIT);

        assertThat(database.access().revision()).isEqualTo(before + 1);
    }

    @Test
    void administrationIsAuditedInAChainThatShowsTampering() throws Exception {
        database.access().createPrincipal(ANN, AUDIT);
        database.access().createPrincipal(ANN, AUDIT);
        AuditRecord refusal = new AuditRecord("eve", "drop-table", "t", "denied", T0, Map.of());
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            writers.add(() -> {
                database.audits().append(refusal);
                return true;
            });
        }
        together(writers);

        List<StoredAudit> links = database.audits().read(0, 100);

        assertThat(links).hasSize(10);
        assertThat(links.get(1).audit()).isEqualTo(AUDIT);
        assertThat(links.get(9).audit()).isEqualTo(refusal);
        assertThat(AuditChain.firstBroken(links)).isEmpty();
        assertThat(database.audits().read(9, 100)).containsExactly(links.get(9));
        List<StoredAudit> without = new ArrayList<>(links);
        without.remove(4);
        assertThat(AuditChain.firstBroken(without)).contains(links.get(5));
        StoredAudit link = links.get(3);
        List<StoredAudit> forged = new ArrayList<>(links);
        forged.set(3, new StoredAudit(link.sequence(), AUDIT, link.previousHash(), link.hash()));
        assertThat(AuditChain.firstBroken(forged)).contains(forged.get(3));
    }

    @Test
    void tasksAreLeasedOncePerTimeAndInTheOrderInWhichTheyAreDue() {
        assertThat(commit(
                        new Change.EnqueueTask(task("late", T2)),
                        new Change.EnqueueTask(task("b", T1)),
                        new Change.EnqueueTask(task("a", T1)),
                        new Change.EnqueueTask(task("first", T0))))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.EnqueueTask(task("a", T1)))).isEqualTo(CommitOutcome.NAME_TAKEN);

        assertThat(database.tasks().lease("purge", "one", T1, T2, 2))
                .extracting(TaskRecord::id)
                .containsExactly("first", "a");
        assertThat(database.tasks().lease("purge", "two", T1, T2, 9))
                .extracting(TaskRecord::id)
                .containsExactly("b");
        assertThat(database.tasks().lease("purge", "two", T1, T2, 9)).isEmpty();
        assertThat(database.tasks().lease("other", "two", T2, T2, 9)).isEmpty();
        assertThat(database.tasks().list("w", "b", 9))
                .extracting(TaskRecord::id)
                .containsExactly("first", "late");
    }

    @Test
    void aLeaseThatIsOverGoesToTheNextAndTheFirstLearnsOfIt() {
        commit(new Change.EnqueueTask(task("t", T0)));
        database.tasks().lease("purge", "one", T0, T1, 9);
        assertThat(database.tasks().renew("t", "one", "half", T1)).isTrue();

        List<TaskRecord> taken = database.tasks().lease("purge", "two", T1, T2, 9);

        assertThat(taken)
                .containsExactly(new TaskRecord(
                        "t", "w", "purge", "{}", "half", T0, 2, Optional.of("two"), Optional.of(T2), ""));
        assertThat(database.tasks().renew("t", "one", "x", T2)).isFalse();
        assertThat(database.tasks().finish("t", "one")).isFalse();
        assertThat(database.tasks().retry("t", "one", "x", "p", T2)).isFalse();
        assertThat(database.tasks().finish("t", "two")).isTrue();
        assertThat(database.tasks().find("t")).isEmpty();
    }

    @Test
    void aTaskThatIsGivenBackTellsWhyAndWaits() {
        commit(new Change.EnqueueTask(task("t", T0)));
        database.tasks().lease("purge", "one", T0, T1, 9);

        assertThat(database.tasks().retry("t", "one", "half", "S3 is away", T1)).isTrue();

        assertThat(database.tasks().find("t"))
                .contains(new TaskRecord(
                        "t", "w", "purge", "{}", "half", T1, 1, Optional.empty(), Optional.empty(), "S3 is away"));
        assertThat(database.tasks().lease("purge", "one", T0, T1, 9)).isEmpty();
    }

    @Test
    void aTaskIsMovedOrTakenBackUnlessSomebodyWorksOnIt() {
        commit(new Change.EnqueueTask(task("t", T0)), new Change.EnqueueTask(task("u", T0)));
        assertThat(commit(new Change.RescheduleTask("u", T2))).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.RescheduleTask("no", T2))).isEqualTo(CommitOutcome.STALE);
        database.tasks().lease("purge", "one", T0, T1, 9);

        assertThat(commit(new Change.CancelTask("t"))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(new Change.RescheduleTask("t", T2))).isEqualTo(CommitOutcome.STALE);
        assertThat(commit(new Change.CancelTask("u"))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void manyWorkersShareTasksWithoutDoingOneTwice() throws Exception {
        List<Change> tasks = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            tasks.add(new Change.EnqueueTask(task("t" + i, T0)));
        }
        commit(tasks.toArray(Change[]::new));
        AtomicInteger names = new AtomicInteger();
        Callable<List<String>> worker = () -> {
            String name = "worker" + names.incrementAndGet();
            List<String> done = new ArrayList<>();
            for (List<TaskRecord> leased = database.tasks().lease("purge", name, T0, T2, 3);
                    !leased.isEmpty();
                    leased = database.tasks().lease("purge", name, T0, T2, 3)) {
                leased.forEach(task -> done.add(task.id()));
            }
            return done;
        };

        List<String> done = together(Collections.nCopies(6, worker)).stream()
                .flatMap(List::stream)
                .toList();

        assertThat(done).doesNotHaveDuplicates();
        // A worker that meets rows of another one may stop early; nobody else has them then.
        assertThat(done.size()
                        + database.tasks().lease("purge", "last", T0, T2, 60).size())
                .isEqualTo(60);
    }

    @Test
    void eventsAreReadInOrderByCursorAsTheyWereWritten() {
        database.warehouses().create(warehouse("other"), AUDIT);
        database.warehouse("other")
                .commit(new StoreTransaction(List.of(), List.of(event("x", "v1")), Optional.empty()));
        commitWithEvent(create("1", "t"), "1", "v1");
        commitWithEvent(replace("1", 1, "v2"), "1", "v2");
        commitWithEvent(replace("1", 1, "lost"), "1", "lost");

        List<StoredEvent> all = database.events().read("", 0, 10);
        List<StoredEvent> ours = database.events().read("w", 0, 10);

        assertThat(all).extracting(event -> event.event().metadataLocation()).containsExactly("v1", "v1", "v2");
        assertThat(ours).extracting(StoredEvent::event).containsExactly(event("1", "v1"), event("1", "v2"));
        assertThat(ours).extracting(StoredEvent::warehouseId).containsOnly("w");
        assertThat(database.events().read("w", ours.get(0).sequence(), 10)).containsExactly(ours.get(1));
        assertThat(database.events().oldest()).isEqualTo(all.get(0).sequence());
    }

    @Test
    void aConsumerMovesOnFromWhereItIsOnly() {
        assertThat(database.events().cursor("hook")).isZero();
        assertThat(database.events().advance("hook", 5, 7)).isFalse();
        assertThat(database.events().advance("hook", 0, 7)).isTrue();
        assertThat(database.events().advance("hook", 0, 8)).isFalse();
        assertThat(database.events().advance("hook", 7, 9)).isTrue();
        assertThat(database.events().cursor("hook")).isEqualTo(9);
        assertThat(database.events().cursor("other")).isZero();
    }

    @Test
    void whoFollowsTheEventsOfManyWritersSeesEachOnceAndThoseOfATableInOrder() throws Exception {
        int writers = 16;
        int commitsEach = 12;
        commit(create("shared", "shared"));
        for (int i = 0; i < writers; i++) {
            commit(create("id" + i, "t" + i));
        }
        AtomicInteger running = new AtomicInteger(writers);
        List<Callable<List<StoredEvent>>> work = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            String own = "id" + i;
            work.add(() -> {
                try {
                    for (int version = 1; version <= commitsEach; version++) {
                        commitWithEvent(replace(own, version, "v"), own, Integer.toString(version));
                        long shared = byId("shared").version();
                        commitWithEvent(replace("shared", shared, "v"), "shared", Long.toString(shared));
                    }
                } finally {
                    running.decrementAndGet();
                }
                return List.of();
            });
        }
        work.add(() -> follow(running));
        work.add(() -> follow(running));

        List<List<StoredEvent>> results = together(work);

        List<StoredEvent> seen = results.get(writers);
        assertThat(results.get(writers + 1)).isEqualTo(seen);
        Map<String, Long> last = new HashMap<>();
        for (StoredEvent event : seen) {
            long version = Long.parseLong(event.event().metadataLocation());
            Long before = last.put(event.event().objectId(), version);
            assertThat(version).isEqualTo(before == null ? 1 : before + 1);
        }
        for (int i = 0; i < writers; i++) {
            assertThat(last).containsEntry("id" + i, (long) commitsEach);
        }
        assertThat(last.get("shared")).isEqualTo(byId("shared").version() - 1);
        for (int i = 1; i < seen.size(); i++) {
            assertThat(seen.get(i).sequence()).isEqualTo(seen.get(i - 1).sequence() + 1);
        }
    }

    @Test
    void theNewestEventsAreKeptAndSequencesMayHaveGaps() {
        for (int version = 1; version <= 3; version++) {
            store.commit(
                    new StoreTransaction(List.of(), List.of(event("1", Integer.toString(version))), Optional.empty()));
        }
        assertThat(database.events().read("", 0, 9)).hasSize(3);
        boolean unused = transactions()
                .write(
                        session -> {
                            transactions().dialect().continueAfterRestore(session, 1_000_000);
                            return true;
                        },
                        kept -> kept);
        store.commit(new StoreTransaction(List.of(), List.of(event("1", "4")), Optional.empty()));

        try (Housekeeping housekeeping = new Housekeeping(transactions(), Clock.systemUTC(), 3)) {
            housekeeping.run();
        }

        List<StoredEvent> kept = database.events().read("", 0, 9);
        assertThat(kept).extracting(event -> event.event().metadataLocation()).containsExactly("2", "3", "4");
        assertThat(database.events().oldest()).isEqualTo(kept.get(0).sequence());
    }

    @Test
    void expiredKeysAndNoOthersAreForgotten() {
        Instant now = Instant.ofEpochMilli(10_000);
        finish("old", now.minusMillis(1));
        finish("new", now.plusMillis(1));

        try (Housekeeping housekeeping = new Housekeeping(transactions(), Clock.fixed(now, ZoneOffset.UTC))) {
            housekeeping.run();
        }

        assertThat(store.findFinished(new IdempotencyKey("p", "old"))).isEmpty();
        assertThat(store.findFinished(new IdempotencyKey("p", "new"))).isPresent();
    }

    private void finish(String key, Instant expiresAt) {
        IdempotencyRecord finished =
                new IdempotencyRecord(new IdempotencyKey("p", key), "hash", StoredReply.empty(), expiresAt);
        assertThat(store.commit(new StoreTransaction(List.of(), List.of(), Optional.of(finished))))
                .isEqualTo(CommitOutcome.APPLIED);
    }

    private Transactions transactions() {
        return ((SqlCatalogDatabase) database).transactions();
    }

    @Test
    void aRoleHasABoundedNumberOfGrants() {
        database.access().createRole(READERS, AUDIT);
        fillGrants("readers-id");

        assertThatThrownBy(() -> database.access()
                        .grant(
                                new GrantRecord("readers-id", "one more", SecurableKind.SERVER, "", List.of(), ""),
                                AUDIT))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("at most 10000 grants of one role");
    }

    /** Gives a role as many grants as it may have, without 10,000 transactions. */
    private void fillGrants(String roleId) {
        int rows = transactions().write(session -> session.update("""
                        INSERT INTO access_grant (role_id, kind, warehouse_id, namespace_key, object_id, privilege, namespace)
                        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
                        SELECT ?, 'OBJECT', 'w', '', 'id' || n, 'READ', '' FROM numbers""", roleId), count -> true);
        assertThat(rows).isEqualTo(10_000);
    }

    /** Reads what is new until all writers have ended and nothing is left. */
    private List<StoredEvent> follow(AtomicInteger running) {
        List<StoredEvent> seen = new ArrayList<>();
        while (true) {
            boolean isLast = running.get() == 0;
            long after = seen.isEmpty() ? 0 : seen.get(seen.size() - 1).sequence();
            List<StoredEvent> page = database.events().read("w", after, 50);
            seen.addAll(page);
            if (isLast && page.isEmpty()) {
                return seen;
            }
        }
    }

    private CommitOutcome commitWithEvent(Change change, String id, String metadataLocation) {
        return store.commit(
                new StoreTransaction(List.of(change), List.of(event(id, metadataLocation)), Optional.empty()));
    }

    private static TaskRecord task(String id, Instant dueAt) {
        return TaskRecord.fresh(id, "w", "purge", "{}", dueAt);
    }
}
