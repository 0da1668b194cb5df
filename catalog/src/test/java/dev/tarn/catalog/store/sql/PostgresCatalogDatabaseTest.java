package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tarn.catalog.events.StoredEvent;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import dev.tarn.testkit.PostgresFixture;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What is special about a database that is elsewhere and shared. */
class PostgresCatalogDatabaseTest extends StoreTest {
    private final PostgresDatabases databases = new PostgresDatabases();

    @Override
    CatalogDatabase open(Path folder) {
        return databases.open(folder);
    }

    @Test
    void aKeyedCommitWhoseAnswerIsLostIsFoundDurable() throws Exception {
        try (CuttingProxy proxy = proxy();
                CatalogDatabase behind = behind(proxy)) {
            proxy.cutNext(CuttingProxy.Cut.AFTER_COMMIT);

            assertThat(keyed(behind, "k", create("1", "t"))).isEqualTo(CommitOutcome.APPLIED);

            assertThat(store.listObjects(DB, ObjectKind.TABLE, "", 9)).containsExactly("t");
            assertThat(keyed(behind, "k", create("2", "u"))).isEqualTo(CommitOutcome.KEY_TAKEN);
        }
    }

    @Test
    void aKeyedCommitThatNeverArrivedIsMadeAgainOnce() throws Exception {
        try (CuttingProxy proxy = proxy();
                CatalogDatabase behind = behind(proxy)) {
            proxy.cutNext(CuttingProxy.Cut.BEFORE_COMMIT);

            assertThat(keyed(behind, "k", create("1", "t"))).isEqualTo(CommitOutcome.APPLIED);

            assertThat(store.listObjects(DB, ObjectKind.TABLE, "", 9)).containsExactly("t");
            assertThat(database.events().read("", 0, 9)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CuttingProxy.Cut.class,
            names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
    void withoutAKeyTheOutcomeOfALostCommitIsUnknown(CuttingProxy.Cut cut) throws Exception {
        try (CuttingProxy proxy = proxy();
                CatalogDatabase behind = behind(proxy)) {
            proxy.cutNext(cut);

            assertThatThrownBy(() -> commit(behind.warehouse("w"), create("1", "t")))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNKNOWN_OUTCOME))
                    .hasMessageContaining("lost during COMMIT");

            // The server may still be at work on what the client has given up.
            await().until(() -> store.findObjectById("1").isPresent() == (cut == CuttingProxy.Cut.AFTER_COMMIT));
            assertThat(commit(behind.warehouse("w"), create("2", "u"))).isEqualTo(CommitOutcome.APPLIED);
        }
    }

    @Test
    void aBackendThatIsKilledAtCommitLeavesAnUnknownOutcomeOrAResolvedOne() throws Exception {
        dieWhenInserting("at_commit", true);
        assertThatThrownBy(() -> store.commit(
                        new StoreTransaction(List.of(create("1", "t")), List.of(event("die", "v")), Optional.empty())))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNKNOWN_OUTCOME));
        assertThat(store.findObjectById("1")).isEmpty();

        dieWhenInserting("again_at_commit", true);
        assertThat(store.commit(new StoreTransaction(
                        List.of(create("1", "t")), List.of(event("die", "v")), Optional.of(finished("k")))))
                .isEqualTo(CommitOutcome.APPLIED);
        assertThat(store.findObjectById("1")).isPresent();
    }

    @Test
    void aBackendThatIsKilledBeforeCommitHasChangedNothing() throws Exception {
        dieWhenInserting("before_commit", false);

        assertThatThrownBy(() -> store.commit(
                        new StoreTransaction(List.of(create("1", "t")), List.of(event("die", "v")), Optional.empty())))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("nothing was changed");

        assertThat(store.findObjectById("1")).isEmpty();
        assertThat(commit(create("1", "t"))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void readsSurviveTheLossOfIdleConnections() throws Exception {
        databases
                .of(folder)
                .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE application_name = 'tarn-catalog' AND datname = current_database()");

        assertThat(store.findNamespace(DB)).isPresent();
        assertThat(database.problem()).isEmpty();
    }

    @Test
    void aTransactionThatTheServerSacrificedIsMadeAgain() throws Exception {
        // The order of ids keeps transactions apart, so that the server has to be made to report one, once.
        databases
                .of(folder)
                .execute("CREATE FUNCTION deadlock() RETURNS trigger AS $$ BEGIN IF nextval('deadlock_once') = 1 THEN"
                        + " RAISE EXCEPTION 'made up' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql;"
                        + " CREATE SEQUENCE deadlock_once; CREATE TRIGGER deadlock BEFORE INSERT ON object"
                        + " FOR EACH ROW EXECUTE FUNCTION deadlock()");

        assertThat(commit(create("1", "t"))).isEqualTo(CommitOutcome.APPLIED);
    }

    @Test
    void whoWaitsTooLongForALockIsToldThatNothingHappened() throws Exception {
        commit(create("1", "t"));
        PostgresSettings impatient = new PostgresSettings(
                databases.of(folder).url(),
                databases.of(folder).user(),
                Optional.of(databases.of(folder).password()),
                2,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMillis(100),
                Duration.ofSeconds(5));
        try (var holder = databases.of(folder).connect();
                var statement = holder.createStatement();
                CatalogDatabase second =
                        PostgresCatalogDatabase.open(impatient, Clock.systemUTC(), new SimpleMeterRegistry())) {
            holder.setAutoCommit(false);
            statement.execute("UPDATE object SET version = version WHERE id = '1'");

            assertThatThrownBy(() -> commit(second.warehouse("w"), replace("1", 1, "v2")))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED));
            holder.rollback();
            assertThat(commit(second.warehouse("w"), replace("1", 1, "v2"))).isEqualTo(CommitOutcome.APPLIED);
        }
    }

    @Test
    void replicasThatStartAtOnceMakeTheTablesOnce() throws Exception {
        PostgresFixture.Database empty = PostgresFixture.shared().newDatabase("starters");
        Callable<CatalogDatabase> starter = () -> PostgresCatalogDatabase.open(
                PostgresDatabases.settings(empty), Clock.systemUTC(), new SimpleMeterRegistry());

        List<CatalogDatabase> started = together(Collections.nCopies(4, starter));

        try {
            assertThat(started.get(0).warehouses().create(warehouse("w"), AUDIT))
                    .isEqualTo(CommitOutcome.APPLIED);
            for (CatalogDatabase replica : started) {
                assertThat(replica.warehouses().findById("w")).isPresent();
            }
        } finally {
            started.forEach(CatalogDatabase::close);
        }
    }

    @Test
    void replicasThatRaceForOneVersionHaveOneWinnerEach() throws Exception {
        commit(create("1", "t"));
        try (CatalogDatabase second = open(folder)) {
            for (int round = 1; round <= 20; round++) {
                long version = round;
                CatalogStore other = second.warehouse("w");

                List<CommitOutcome> outcomes = together(List.of(
                        () -> commit(replace("1", version, "a")), () -> commit(other, replace("1", version, "b"))));

                assertThat(outcomes).containsExactlyInAnyOrder(CommitOutcome.APPLIED, CommitOutcome.STALE);
                assertThat(other.findObjectById("1")).contains(byId("1"));
            }
        }
    }

    @Test
    void followersOnTwoReplicasSeeTheSameEventsInTheSameOrder() throws Exception {
        try (CatalogDatabase second = open(folder)) {
            List<Callable<List<StoredEvent>>> work = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                CatalogDatabase replica = i % 2 == 0 ? database : second;
                String id = "id" + i;
                work.add(() -> {
                    for (int n = 0; n < 20; n++) {
                        replica.warehouse("w")
                                .commit(new StoreTransaction(
                                        List.of(), List.of(event(id, Integer.toString(n))), Optional.empty()));
                    }
                    return List.of();
                });
            }
            for (CatalogDatabase replica : List.of(database, second)) {
                work.add(() -> {
                    List<StoredEvent> seen = new ArrayList<>();
                    while (seen.size() < 120) {
                        long after =
                                seen.isEmpty() ? 0 : seen.get(seen.size() - 1).sequence();
                        seen.addAll(replica.events().read("w", after, 7));
                    }
                    return seen;
                });
            }

            List<List<StoredEvent>> results = together(work);

            assertThat(results.get(6)).hasSize(120).isEqualTo(results.get(7));
            assertThat(results.get(6))
                    .extracting(StoredEvent::sequence)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aDatabaseOfANewerTarnIsRefused() throws Exception {
        databases.of(folder).execute("UPDATE schema_version SET version = 1000");

        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("schema version 1000")
                .hasMessageContaining("use a newer Tarn");
    }

    @Test
    void aServerThatRefusesTheLoginIsNamedWithoutThePassword() {
        PostgresFixture.Database at = databases.of(folder);
        PostgresSettings wrong =
                new PostgresSettings(at.url() + "_absent", at.user(), Optional.of(Secret.of("hunter2hunter2")));

        assertThatThrownBy(() -> PostgresCatalogDatabase.open(wrong, Clock.systemUTC(), new SimpleMeterRegistry()))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining(at.url() + "_absent")
                .message()
                .doesNotContain("hunter2");
        assertThat(wrong.toString()).doesNotContain("hunter2");
    }

    @Test
    void theStartSaysHowMuchAnAcknowledgedCommitIsWorth() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(PostgresMigrations.class);
        Level level = logger.getLevel();
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
        try {
            open(folder).close();
            databases
                    .of(folder)
                    .execute(
                            "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off';"
                                    + " END $$");
            open(folder).close();
        } finally {
            logger.detachAppender(log);
            logger.setLevel(level);
        }

        assertThat(log.list)
                .extracting(event -> event.getLevel() + " " + event.getFormattedMessage())
                .satisfiesExactly(
                        safe -> assertThat(safe).startsWith("INFO").contains("survives a loss of power"),
                        weak -> assertThat(weak)
                                .startsWith("WARN")
                                .contains("MAY BE LOST", "synchronous_commit=off", "set all three to on"));
    }

    @Test
    void aServerThatWentAwayIsAProblemOnceLookedAt() throws Exception {
        PostgresFixture.Database at = databases.of(folder);
        try (CuttingProxy proxy = proxy()) {
            PostgresSettings settings = new PostgresSettings(
                    at.url().replaceFirst("//[^/]+/", "//127.0.0.1:" + proxy.port() + "/"),
                    at.user(),
                    Optional.of(at.password()),
                    2,
                    Duration.ofMillis(500),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5));
            try (PostgresCatalogDatabase behind =
                    PostgresCatalogDatabase.open(settings, Clock.systemUTC(), new SimpleMeterRegistry())) {
                assertThat(behind.problem()).isEmpty();
                proxy.close();

                assertThatThrownBy(() -> behind.transactions().check())
                        .isInstanceOfSatisfying(
                                TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
                assertThat(behind.problem()).contains("the catalog database cannot be reached");
            }
        }
    }

    @Test
    void thePoolIsCounted() {
        MeterRegistry metrics = new SimpleMeterRegistry();
        try (CatalogDatabase counted = PostgresCatalogDatabase.open(
                PostgresDatabases.settings(databases.of(folder)), Clock.systemUTC(), metrics)) {
            assertThat(counted.warehouses().findById("w")).isPresent();

            assertThat(metrics.get("hikaricp.connections.max").gauge().value()).isEqualTo(8);
        }
    }

    @Test
    void namespacesThatGoAndObjectsThatComeAtOnceLeaveNoOrphan() throws Exception {
        for (int round = 0; round < 15; round++) {
            List<String> levels = List.of("race" + round);
            commit(new Change.CreateNamespace(levels, Map.of()));
            String id = "r" + round;

            List<CommitOutcome> outcomes = together(List.of(
                    () -> commit(new Change.DropNamespace(levels, 1)),
                    () -> commit(new Change.CreateObject(id, levels, "t", ObjectKind.TABLE, "v", "s3://b/r/" + id))));

            assertThat(outcomes)
                    .isIn(
                            List.of(CommitOutcome.APPLIED, CommitOutcome.NAMESPACE_MISSING),
                            List.of(CommitOutcome.NAMESPACE_NOT_EMPTY, CommitOutcome.APPLIED));
        }
    }

    private CuttingProxy proxy() {
        URI server = URI.create(databases.of(folder).url().substring("jdbc:".length()));
        return new CuttingProxy(server.getHost(), server.getPort());
    }

    private CatalogDatabase behind(CuttingProxy proxy) {
        String url = databases.of(folder).url().replaceFirst("//[^/]+/", "//127.0.0.1:" + proxy.port() + "/");
        return PostgresCatalogDatabase.open(
                PostgresDatabases.settings(url, databases.of(folder)), Clock.systemUTC(), new SimpleMeterRegistry());
    }

    private static CommitOutcome keyed(CatalogDatabase database, String key, Change change) {
        return database.warehouse("w")
                .commit(new StoreTransaction(List.of(change), List.of(event("1", "v1")), Optional.of(finished(key))));
    }

    private static IdempotencyRecord finished(String key) {
        return new IdempotencyRecord(
                new IdempotencyKey("p", key),
                "hash",
                StoredReply.empty(),
                Instant.now().plusSeconds(3_600));
    }

    /** Kills the backend that writes an event of an object called "die", the first time; either then or when it commits. */
    private void dieWhenInserting(String name, boolean atCommit) throws Exception {
        databases
                .of(folder)
                .execute(
                        ("DROP TRIGGER IF EXISTS die ON outbox; CREATE SEQUENCE %s; CREATE FUNCTION %s() RETURNS trigger AS $$ BEGIN"
                                        + " IF NEW.name = 'die' AND nextval('%s') = 1 THEN"
                                        + " PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$ LANGUAGE plpgsql;"
                                        + " CREATE CONSTRAINT TRIGGER die AFTER INSERT ON outbox DEFERRABLE INITIALLY %s"
                                        + " FOR EACH ROW EXECUTE FUNCTION %s()")
                                .formatted(name, name, name, atCommit ? "DEFERRED" : "IMMEDIATE", name));
    }
}
