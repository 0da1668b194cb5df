package dev.tarn.cli;

import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.ReadinessCheck;
import dev.tarn.common.TarnException;
import dev.tarn.flight.FlightSqlServer;
import dev.tarn.flight.auth.CatalogLogin;
import dev.tarn.flight.auth.NoLogin;
import dev.tarn.flight.engine.QueryEngine;
import dev.tarn.flight.engine.duckdb.DuckDbQueryEngine;
import dev.tarn.flight.scan.CatalogAccess;
import dev.tarn.flight.scan.RestCatalogAccess;
import dev.tarn.storage.WarehouseProbe;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * The all-in-one server: catalog, query engine and Flight SQL gateway in one process, wired by hand. Thread-safe; whoever
 * starts it closes it.
 */
public final class TarnServer implements AutoCloseable {
    /** The name of the catalog in SQL and in Flight SQL metadata. */
    private static final String CATALOG_NAME = "tarn";
    /** Far more than a start needs; past it something is broken, and an error is better than silence. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration START_POLL = Duration.ofMillis(10);

    private final Closer closer;
    private final CatalogServer catalog;
    private final FlightSqlServer flight;

    private TarnServer(Closer closer, CatalogServer catalog, FlightSqlServer flight) {
        this.closer = closer;
        this.catalog = catalog;
        this.flight = flight;
    }

    /**
     * Starts everything and returns once both endpoints answer and queries can run.
     *
     * @throws TarnException UNAVAILABLE for a used port or a warehouse that does not answer, LOCKED if another process holds the data folder, REFUSED
     */
    static TarnServer start(TarnSettings settings) {
        Closer closer = new Closer();
        try {
            Telemetry telemetry = closer.register(Telemetry.start(settings.telemetry()));
            BufferAllocator allocator = closer.register(new RootAllocator());
            PrometheusMeterRegistry metrics = metrics(closer);
            Later gatewayReady = new Later();
            CatalogServer catalog = closer.register(
                    CatalogServer.start(settings.catalog(), metrics, telemetry.openTelemetry(), List.of(gatewayReady)));
            boolean open = settings.catalog().auth().isOpen();
            CatalogAccess catalogs = closer.register(
                    new RestCatalogAccess(CATALOG_NAME, catalog.uri(), "", catalogProperties(settings, open)));
            Path work = settings.server().dataFolder().resolve("engine");
            QueryEngine engine = closer.register(DuckDbQueryEngine.start(settings.engine(), work, catalogs, metrics));
            WarehouseProbe.check(settings.catalog().warehouse(), settings.s3());
            FlightSqlServer flight = closer.register(FlightSqlServer.start(
                    settings.flight(),
                    open ? new NoLogin() : new CatalogLogin(catalog.uri()),
                    engine,
                    catalogs,
                    allocator,
                    metrics));
            gatewayReady.is(flight.readiness());
            awaitReady(catalog.readiness());
            awaitReady(flight.readiness());
            return new TarnServer(closer, catalog, flight);
        } catch (RuntimeException e) {
            closeAfter(e, closer);
            throw e;
        }
    }

    /** Root of the catalog, {@code http://HOST:PORT}. */
    public URI catalogUri() {
        return catalog.uri();
    }

    /** Address of the gateway, {@code grpc://HOST:PORT}. */
    public URI flightUri() {
        return URI.create(flight.location());
    }

    /** Takes no new work, and waits until running work has ended or the time is over. */
    public void drain(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        flight.drain(atMost);
        catalog.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    @Override
    public void close() {
        closer.close();
    }

    /** The gateway reads files as itself: that a caller may read the data too is only known if credentials are asked for. */
    private static Map<String, String> catalogProperties(TarnSettings settings, boolean open) {
        Map<String, String> properties = new HashMap<>(settings.s3().fileIoProperties());
        if (!open) {
            properties.put("header.X-Iceberg-Access-Delegation", "vended-credentials");
        }
        return properties;
    }

    private static PrometheusMeterRegistry metrics(Closer closer) {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        closer.register(metrics::close);
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        new UptimeMetrics().bindTo(metrics);
        return metrics;
    }

    private static void awaitReady(ReadinessCheck check) {
        long end = System.nanoTime() + START_TIMEOUT.toNanos();
        Optional<String> problem = check.problem();
        while (problem.isPresent()) {
            if (System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
                throw new TarnException(
                        ErrorKind.UNAVAILABLE,
                        "The %s was not ready within %s: %s".formatted(check.name(), START_TIMEOUT, problem.get()));
            }
            LockSupport.parkNanos(START_POLL.toNanos());
            problem = check.problem();
        }
    }

    private static void closeAfter(RuntimeException failure, Closer closer) {
        try {
            closer.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** A check whose subject does not exist yet: the catalog answers health questions before the gateway is up. */
    private static final class Later implements ReadinessCheck {
        private volatile Optional<ReadinessCheck> subject = Optional.empty();

        void is(ReadinessCheck check) {
            subject = Optional.of(check);
        }

        @Override
        public String name() {
            return "flight";
        }

        @Override
        public Optional<String> problem() {
            Optional<ReadinessCheck> check = subject;
            return check.isPresent() ? check.get().problem() : Optional.of("the gateway starts");
        }
    }
}
