package dev.tarn.catalog.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.FaultyCatalog.Bug;
import dev.tarn.catalog.FaultyCatalog.Death;
import dev.tarn.catalog.FaultyCatalog.StoreFault;
import dev.tarn.testkit.PostgresFixture;
import dev.tarn.testkit.histories.HistoryChecker;
import dev.tarn.testkit.http.Cut;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients read, append, change several tables at once, create, rename and drop, while the server dies at every step of a
 * commit, its store fails, and connections break before, within and after requests and answers. What they did and saw must
 * have one explanation. {@code -Dtarn.histories=20000} makes it long.
 */
class HistoriesTest {
    private static final int TRANSACTIONS = Integer.getInteger("tarn.histories", 1_200);
    private static final int CLIENTS = 8;
    private static final int TRANSACTIONS_PER_TABLE = 300;

    private static final int TRANSACTIONS_BETWEEN_DISTURBANCES = 150;

    private static final String TERMINATE_BACKENDS =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    /** Enough for each planted bug to show, and short. */
    private static final int TRANSACTIONS_TO_FIND_A_BUG = 400;

    private static final int MAX_RUNS_TO_FIND_A_BUG = 8;

    @Test
    void theEmbeddedStoreLosesDoublesTearsAndReordersNothing(@TempDir Path folder) throws Exception {
        try (Run run = new Run(List.of(List.of("folder=" + folder)), TRANSACTIONS, deaths())) {
            run.go();
            assertThat(run.anomalies()).as("anomalies, seed %d", run.seed).isEmpty();
            run.expectEveryFault();
        }
    }

    @Test
    void postgresLosesDoublesTearsAndReordersNothing(@TempDir Path folder) throws Exception {
        PostgresFixture.Database database = PostgresFixture.shared().newDatabase("histories");
        List<List<String>> servers = List.of(onPostgres(database, folder, "one"));
        try (Run run = new Run(servers, TRANSACTIONS, deaths())) {
            run.disturbBy("backends terminated", () -> database.execute(TERMINATE_BACKENDS));
            run.go();
            assertThat(run.anomalies()).as("anomalies, seed %d", run.seed).isEmpty();
            run.expectEveryFault();
        }
    }

    @Test
    void twoReplicasOnOnePostgresLoseDoubleTearAndReorderNothing(@TempDir Path folder) throws Exception {
        PostgresFixture.Database database = PostgresFixture.shared().newDatabase("histories");
        List<List<String>> servers = List.of(onPostgres(database, folder, "one"), onPostgres(database, folder, "two"));
        try (Run run = new Run(servers, TRANSACTIONS, deaths())) {
            run.disturbBy("backends terminated", () -> database.execute(TERMINATE_BACKENDS));
            run.go();
            assertThat(run.anomalies()).as("anomalies, seed %d", run.seed).isEmpty();
            run.expectEveryFault();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Bug.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "FORGETS_REQUIREMENTS"})
    void aServerThatIsWrongIsFoundOut(Bug bug, @TempDir Path folder) throws Exception {
        boolean found = false;
        // A handful of transactions in a run are affected, by chance none.
        for (int i = 0; i < MAX_RUNS_TO_FIND_A_BUG && !found; i++) {
            List<String> server = List.of("folder=" + folder.resolve("run" + i), "bug=" + bug);
            try (Run run = new Run(List.of(server), TRANSACTIONS_TO_FIND_A_BUG, 0)) {
                found = run.findsOut();
            }
        }
        assertThat(found).isTrue();
    }

    /** One server alone keeps transactions on the same tables apart by its queues. */
    @Test
    void replicasThatForgetWhatATransactionRequiredAreFoundOut(@TempDir Path folder) throws Exception {
        List<String> anomalies = List.of();
        // A handful of transactions in a run are affected, by chance none.
        for (int i = 0; i < MAX_RUNS_TO_FIND_A_BUG && anomalies.isEmpty(); i++) {
            PostgresFixture.Database database = PostgresFixture.shared().newDatabase("histories");
            Path files = folder.resolve("run" + i);
            List<List<String>> servers = Stream.of("one", "two")
                    .map(name -> {
                        List<String> server = new ArrayList<>(onPostgres(database, files, name));
                        server.add("bug=" + Bug.FORGETS_REQUIREMENTS);
                        return server;
                    })
                    .toList();
            try (Run run = new Run(servers, TRANSACTIONS_TO_FIND_A_BUG, 0)) {
                run.go();
                anomalies = run.anomalies();
            }
        }
        assertThat(anomalies).isNotEmpty().allMatch(one -> one.contains("serialisable"));
    }

    private static int deaths() {
        return Math.max(Death.values().length, TRANSACTIONS / 500);
    }

    private static List<String> onPostgres(PostgresFixture.Database database, Path folder, String replica) {
        return List.of(
                "folder=" + folder.resolve(replica),
                "warehouse=" + folder.resolve("warehouse"),
                "catalog.store.url=" + database.url(),
                "catalog.store.user=" + database.user(),
                "catalog.store.password=" + database.password().reveal());
    }

    /** Something that happens to the servers from outside. */
    private interface Disturbance {
        void happen() throws SQLException;
    }

    /** One run: replicas, clients, and the judgement. */
    private static final class Run implements AutoCloseable {
        private final long seed = new Random().nextLong();
        private final Random random = new Random(seed);
        private final Recorder recorder = new Recorder();
        private final List<Replica> replicas = new ArrayList<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final ExecutorService executor = Executors.newCachedThreadPool();
        private final Map<String, Integer> fired = new ConcurrentHashMap<>();
        private final List<Callable<Void>> disturbances = new ArrayList<>();
        private final Workload workload;

        /**
         * Starts the servers.
         *
         * @param servers arguments of each
         * @param deaths how often they die, all together
         */
        Run(List<List<String>> servers, int transactions, int deaths) {
            for (int i = 0; i < servers.size(); i++) {
                int firstDeath = i * Death.values().length / servers.size();
                replicas.add(new Replica(servers.get(i), firstDeath, deaths / servers.size(), random.nextLong()));
            }
            int tables = Math.max(20, transactions / TRANSACTIONS_PER_TABLE);
            workload = new Workload(replicas, recorder, tables, transactions, this::isOver);
        }

        /** Lets something happen to all servers again and again while they run. */
        void disturbBy(String fault, Disturbance disturbance) {
            disturbances.add(() -> {
                while (!isOver()) {
                    recorder.awaitMore(TRANSACTIONS_BETWEEN_DISTURBANCES, this::isOver);
                    disturbance.happen();
                    fired.merge(fault, 1, Integer::sum);
                }
                return null;
            });
        }

        private boolean isOver() {
            return stopped.get()
                    || (recorder.done() >= workload.transactions()
                            && replicas.stream().allMatch(Replica::hasDiedAsPlanned));
        }

        void go() throws Exception {
            prepare();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                running.add(executor.submit(new HistoryClient(workload, random.nextLong())));
            }
            for (String name : HistoryClient.MOVING) {
                running.add(executor.submit(new NameOwner(workload, name, 60, random.nextLong())));
            }
            disturbances.forEach(one -> running.add(executor.submit(one)));
            for (Future<?> one : running) {
                one.get();
            }
            readAll();
            replicas.forEach(Replica::close);
        }

        /** Whether a client gets an answer that no right server gives, or the checker finds an anomaly afterwards. */
        boolean findsOut() throws Exception {
            try {
                go();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof WrongAnswerException) {
                    return true;
                }
                throw e;
            }
            return !anomalies().isEmpty();
        }

        private void prepare() throws InterruptedException {
            CatalogCalls calls = new CatalogCalls(replicas, random);
            HistoryClient.expect(
                    calls.mutate("POST", "/v1/namespaces", "{\"namespace\":[\"" + Workload.NAMESPACE + "\"]}"), 200);
            for (int i = 0; i < workload.tables(); i++) {
                HistoryClient.expect(
                        calls.mutate("POST", Workload.tablesPath(), LoadedTable.create("t" + i, Map.of())), 200);
            }
        }

        private void readAll() throws InterruptedException {
            CatalogCalls calls = new CatalogCalls(replicas, random);
            for (int i = 0; i < workload.tables(); i++) {
                CatalogCalls.Reply reply = calls.read(Workload.path("t" + i));
                HistoryClient.expect(reply, 200);
                recorder.finalList("t" + i, LoadedTable.of(reply.body()).seen().tail());
            }
        }

        List<String> anomalies() {
            List<String> anomalies = HistoryChecker.check(recorder.transactions(), recorder.lists());
            System.out.printf(
                    "histories: seed %d, transactions %s, faults %s, anomalies %d%n",
                    seed, recorder.counts(), fired(), anomalies.size());
            return anomalies;
        }

        void expectEveryFault() {
            Set<String> neverFired = new TreeSet<>(everyFault());
            neverFired.removeAll(fired().keySet());
            assertThat(neverFired)
                    .as("faults that never happened, seed %d", seed)
                    .isEmpty();
        }

        private Map<String, Integer> fired() {
            Map<String, Integer> all = new TreeMap<>(fired);
            replicas.forEach(
                    replica -> replica.fired().forEach((fault, count) -> all.merge(fault, count.get(), Integer::sum)));
            return all;
        }

        private static Set<String> everyFault() {
            Set<String> all = new TreeSet<>(Set.of("KILLED"));
            for (Cut cut : Cut.values()) {
                all.add("cut " + cut);
            }
            for (Death death : Death.values()) {
                all.add(death.name());
            }
            for (StoreFault fault : StoreFault.values()) {
                all.add(fault.name());
            }
            all.removeAll(Set.of("cut " + Cut.NONE, Death.NONE.name()));
            return all;
        }

        @Override
        public void close() {
            stopped.set(true);
            replicas.forEach(Replica::close);
            executor.shutdownNow();
        }
    }
}
