package dev.tarn.catalog;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A catalog server in a process of its own whose store fails every now and then, and which ends itself at a chosen step of
 * a chosen commit. It prints each fault before it happens.
 */
public final class FaultyCatalog {
    /** What begins the line that names a fault. */
    public static final String FAULT = "fault ";

    /** What begins the line that names the address. */
    public static final String READY = "ready ";

    /** Often enough for hundreds of faults in a run, seldom enough that most transactions go on. */
    private static final int COMMITS_BETWEEN_FAULTS = 40;

    /** Where a process ends without warning, in the order of the steps of a commit. */
    public enum Death {
        /** Nowhere by itself. */
        NONE,
        /** After the state was read and before anything is written. */
        BEFORE_FILES,
        /** After the metadata files are written and before the store knows of them. */
        BEFORE_COMMIT,
        /** After the transaction is durable and before anybody is told. */
        AFTER_COMMIT
    }

    /** What a store does instead of committing, or after it. */
    public enum StoreFault {
        /** Nothing is changed, and the store says so. */
        REFUSED,
        /** Nothing is changed, and the store does not know. */
        UNKNOWN_UNDONE,
        /** All is changed, and the store does not know. */
        UNKNOWN_DONE
    }

    /** What is wrong with a server on purpose, to see that the check of histories notices. */
    public enum Bug {
        /** Nothing. */
        NONE,
        /** Every now and then a commit is acknowledged that did not happen. */
        FORGETS_COMMITS,
        /** Mutations are not remembered by their key. */
        FORGETS_KEYS,
        /** Of a transaction over several tables one is left out. */
        TEARS_TRANSACTIONS,
        /** What a transaction only requires is not looked at again when it commits. */
        FORGETS_REQUIREMENTS
    }

    private FaultyCatalog() {}

    /**
     * Serves until killed. Arguments are {@code name=value}: {@code folder}, {@code warehouse}, {@code death} and
     * {@code after} so many commits, {@code bug}, and settings of the catalog.
     */
    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            given.put(parts[0], parts[1]);
        }
        Path folder = Path.of(given.get("folder"));
        Faults faults = new Faults(
                Death.valueOf(given.get("death")),
                Integer.parseInt(given.get("after")),
                Bug.valueOf(given.getOrDefault("bug", Bug.NONE.name())));
        String warehouse =
                given.getOrDefault("warehouse", folder.resolve("warehouse").toString());
        given.keySet().removeIf(name -> !name.contains("."));
        given.put("catalog.port", "0");
        CatalogServer server = CatalogServer.start(
                CatalogOptions.from(
                        SettingsReader.of(given),
                        folder.resolve("data"),
                        WarehouseUri.parse(warehouse),
                        S3Settings.DEFAULTS),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                OpenTelemetry.noop(),
                List.of(),
                database -> new ForwardingCatalogDatabase(database, store -> new FaultyStore(store, faults)));
        System.out.println(READY + server.uri());
        Thread.currentThread().join();
    }

    /** Counts commits, and strikes. Thread-safe. */
    private record Faults(Death death, int deathAt, Bug bug, AtomicInteger commits) {
        Faults(Death death, int deathAt, Bug bug) {
            this(death, deathAt, bug, new AtomicInteger());
        }

        void dieIf(Death step) {
            if (death == step && commits.get() >= deathAt) {
                System.out.println(FAULT + step);
                System.out.flush();
                Runtime.getRuntime().halt(137);
            }
        }
    }

    private static final class FaultyStore extends ForwardingCatalogStore {
        private final Faults faults;

        FaultyStore(CatalogStore store, Faults faults) {
            super(store);
            this.faults = faults;
        }

        @Override
        public Optional<ObjectRecord> findObject(List<String> namespace, String name, ObjectKind kind) {
            Optional<ObjectRecord> found = super.findObject(namespace, name, kind);
            faults.dieIf(Death.BEFORE_FILES);
            return found;
        }

        @Override
        public CommitOutcome commit(StoreTransaction transaction) {
            int number = faults.commits().incrementAndGet();
            faults.dieIf(Death.BEFORE_COMMIT);
            boolean strikes = number % COMMITS_BETWEEN_FAULTS == 0;
            StoreFault fault = StoreFault.values()[number / COMMITS_BETWEEN_FAULTS % StoreFault.values().length];
            if (strikes && fault != StoreFault.UNKNOWN_DONE) {
                throw failure(fault);
            }
            CommitOutcome outcome = commitWithBugs(transaction, number);
            faults.dieIf(Death.AFTER_COMMIT);
            if (strikes) {
                throw failure(fault);
            }
            return outcome;
        }

        private CommitOutcome commitWithBugs(StoreTransaction transaction, int number) {
            List<Change> changes = transaction.changes();
            return switch (faults.bug()) {
                case NONE -> super.commit(transaction);
                case FORGETS_COMMITS ->
                    number % 50 == 0 && changes.stream().allMatch(Change.ReplaceObject.class::isInstance)
                            ? CommitOutcome.APPLIED
                            : super.commit(transaction);
                case FORGETS_KEYS ->
                    super.commit(new StoreTransaction(changes, transaction.events(), Optional.empty()));
                case TEARS_TRANSACTIONS ->
                    super.commit(new StoreTransaction(
                            changes.stream().allMatch(Change.ReplaceObject.class::isInstance)
                                    ? changes.subList(0, Math.min(1, changes.size()))
                                    : changes,
                            transaction.events(),
                            transaction.finished()));
                case FORGETS_REQUIREMENTS ->
                    super.commit(new StoreTransaction(
                            changes.stream()
                                    .filter(change -> !(change instanceof Change.ExpectObject))
                                    .toList(),
                            transaction.events(),
                            transaction.finished()));
            };
        }

        private static TarnException failure(StoreFault fault) {
            System.out.println(FAULT + fault);
            ErrorKind kind = fault == StoreFault.REFUSED ? ErrorKind.UNAVAILABLE : ErrorKind.UNKNOWN_OUTCOME;
            return new TarnException(kind, "The store was told to fail: " + fault);
        }
    }
}
