package dev.tarn.catalog;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
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

    private FaultyCatalog() {}

    /** Serves a folder until killed: folder, where it dies, and after how many commits. */
    public static void main(String[] arguments) throws InterruptedException {
        Faults faults = new Faults(Death.valueOf(arguments[1]), Integer.parseInt(arguments[2]));
        CatalogServer server = CatalogServer.start(
                RunningCatalog.options(Path.of(arguments[0]), CatalogLimits.DEFAULTS),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                OpenTelemetry.noop(),
                List.of(),
                faults::around);
        System.out.println(READY + server.uri());
        Thread.currentThread().join();
    }

    /** Counts commits, and strikes. Thread-safe. */
    private static final class Faults {
        private final Death death;
        private final int deathAt;
        private final AtomicInteger commits = new AtomicInteger();

        Faults(Death death, int deathAt) {
            this.death = death;
            this.deathAt = deathAt;
        }

        /** The same store, with every call seen by {@link #call}: the interface may grow without this class. */
        CatalogStore around(CatalogStore store) {
            InvocationHandler handler = (proxy, method, arguments) -> call(store, method, arguments);
            return (CatalogStore) Proxy.newProxyInstance(
                    CatalogStore.class.getClassLoader(), new Class<?>[] {CatalogStore.class}, handler);
        }

        private Object call(CatalogStore store, Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("findObject") && commits.get() >= deathAt) {
                dieIf(Death.BEFORE_FILES);
            }
            if (!method.getName().equals("commit")) {
                return invoke(store, method, arguments);
            }
            int number = commits.incrementAndGet();
            if (number >= deathAt) {
                dieIf(Death.BEFORE_COMMIT);
            }
            int turn = number / COMMITS_BETWEEN_FAULTS % StoreFault.values().length;
            StoreFault fault = StoreFault.values()[turn];
            boolean strikes = number % COMMITS_BETWEEN_FAULTS == 0;
            if (strikes && fault != StoreFault.UNKNOWN_DONE) {
                throw failure(fault);
            }
            Object outcome = invoke(store, method, arguments);
            if (number >= deathAt) {
                dieIf(Death.AFTER_COMMIT);
            }
            if (strikes) {
                throw failure(fault);
            }
            return outcome;
        }

        private static Object invoke(CatalogStore store, Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private static TarnException failure(StoreFault fault) {
            System.out.println(FAULT + fault);
            ErrorKind kind = fault == StoreFault.REFUSED ? ErrorKind.UNAVAILABLE : ErrorKind.UNKNOWN_OUTCOME;
            return new TarnException(kind, "The store was told to fail: " + fault);
        }

        private void dieIf(Death step) {
            if (death == step) {
                System.out.println(FAULT + step);
                System.out.flush();
                Runtime.getRuntime().halt(137);
            }
        }
    }
}
