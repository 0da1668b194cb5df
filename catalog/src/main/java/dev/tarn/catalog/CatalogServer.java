package dev.tarn.catalog;

import dev.tarn.catalog.auth.Access;
import dev.tarn.catalog.auth.AuditLog;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.ObjectFiles;
import dev.tarn.catalog.commit.ParallelWrites;
import dev.tarn.catalog.commit.TablePurge;
import dev.tarn.catalog.commit.ViewFiles;
import dev.tarn.catalog.http.HttpEdge;
import dev.tarn.catalog.planning.PlanningEngine;
import dev.tarn.catalog.rest.RestRoutes;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.store.sql.SqliteCatalogDatabase;
import dev.tarn.common.Closer;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.ReadinessCheck;
import dev.tarn.storage.TarnFileIO;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Iceberg REST catalog: one HTTP port that answers the protocol, {@code /health/live}, {@code /health/ready} and
 * {@code /metrics}. Thread-safe; whoever starts it closes it.
 */
public final class CatalogServer implements AutoCloseable {
    /** Enough to hide the latency of an object store when a transaction changes many objects. */
    private static final int METADATA_WRITERS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(CatalogServer.class);

    private final CatalogOptions options;
    private final Closer closer = new Closer();
    private final CatalogReadiness readiness = new CatalogReadiness();
    private @Nullable HttpEdge edge;

    private CatalogServer(CatalogOptions options) {
        this.options = options;
    }

    /**
     * Starts a server, ready when this returns.
     *
     * @param metrics where the server counts, and what {@code /metrics} shows; stays the caller's
     * @param readiness what must be in order besides the catalog itself
     * @throws dev.tarn.common.TarnException LOCKED if another process holds the data folder, INVALID if it cannot be
     *     written, UNAVAILABLE if the port is in use
     */
    public static CatalogServer start(
            CatalogOptions options, PrometheusMeterRegistry metrics, List<ReadinessCheck> readiness) {
        return start(options, metrics, OpenTelemetry.noop(), readiness);
    }

    /**
     * The same, with traces of the requests; see {@link #start(CatalogOptions, PrometheusMeterRegistry, List)}.
     *
     * @param telemetry where spans go; stays the caller's
     */
    public static CatalogServer start(
            CatalogOptions options,
            PrometheusMeterRegistry metrics,
            OpenTelemetry telemetry,
            List<ReadinessCheck> readiness) {
        return start(options, metrics, telemetry, readiness, database -> database);
    }

    /** Starts a server whose database is wrapped, so that tests can make it fail. */
    static CatalogServer start(
            CatalogOptions options,
            PrometheusMeterRegistry metrics,
            OpenTelemetry telemetry,
            List<ReadinessCheck> readiness,
            UnaryOperator<CatalogDatabase> wrapping) {
        CatalogServer server = new CatalogServer(options);
        try {
            server.wire(metrics, telemetry, readiness, wrapping);
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Where clients find the catalog. */
    public URI uri() {
        String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
        return URI.create("http://%s:%d".formatted(host, edge().port()));
    }

    /** Whether this server takes requests. */
    public ReadinessCheck readiness() {
        return readiness;
    }

    /**
     * Says "not ready" at once, and waits until the requests that run are answered. Clients are asked to close their
     * connections; {@link #close} ends the rest.
     */
    public void drain(Duration atMost) {
        readiness.stop();
        edge().drain(atMost);
    }

    @Override
    public void close() {
        readiness.stop();
        closer.close();
    }

    private void wire(
            PrometheusMeterRegistry metrics,
            OpenTelemetry telemetry,
            List<ReadinessCheck> others,
            UnaryOperator<CatalogDatabase> wrapping) {
        CatalogLimits limits = options.limits();
        CatalogDatabase database =
                wrapping.apply(closer.register(SqliteCatalogDatabase.open(options.dataFolder(), Clock.systemUTC())));
        WarehouseRecord warehouse = DefaultWarehouse.ensure(
                database.warehouses(), options.warehouse(), Clock.systemUTC().instant());
        TarnFileIO io = closer.register(TarnFileIO.of(options.s3().fileIoProperties()));
        MetadataFiles files = new MetadataFiles(io, limits.metadataCache());
        ParallelWrites writes = closer.register(new ParallelWrites(METADATA_WRITERS));
        ObjectFiles objectFiles = new ObjectFiles(files, new ViewFiles(io, limits.metadataCache()), writes);
        TablePurge purge = closer.register(new TablePurge(io, files));
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                limits.workers(),
                limits.workers(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(limits.maxQueuedRequests()),
                new NamedThreads("catalog-worker"));
        closer.register(workers::shutdownNow);
        Access access = Access.open(
                options.auth(),
                options.dataFolder(),
                database.access(),
                new StoredTargets(database),
                new AuditLog(Clock.systemUTC(), metrics),
                Clock.systemUTC());
        warnAboutPlainText();
        PlanningEngine planning =
                closer.register(PlanningEngine.open(options.planning(), options.dataFolder(), Clock.systemUTC()));
        RestRoutes routes = new RestRoutes(
                new RestRoutes.Parts(
                        database.warehouse(warehouse.id()),
                        files,
                        objectFiles,
                        new CommitQueues(workers, limits.maxQueuedCommits()),
                        purge,
                        options.warehouse(),
                        options.s3(),
                        options.vendStaticCredentials(),
                        limits.metadataCache(),
                        limits.idempotencyKeyLifetime(),
                        Clock.systemUTC(),
                        access,
                        io,
                        planning),
                metrics,
                telemetry);
        List<ReadinessCheck> checks = new ArrayList<>(others);
        checks.add(readiness);
        ServerHandler handler = new ServerHandler(routes, metrics, checks);
        edge = closer.register(HttpEdge.start(options.host(), options.port(), limits.http(), handler, workers));
        readiness.serve(database);
    }

    private void warnAboutPlainText() {
        if (!options.auth().isOpen() && !options.isOnLoopback()) {
            LOG.warn(
                    "Logins travel in plain text to {}: put a proxy with TLS before it, or keep it in a trusted network",
                    options.host());
        }
    }

    private HttpEdge edge() {
        HttpEdge started = edge;
        if (started == null) {
            throw new IllegalStateException("The catalog server did not start");
        }
        return started;
    }

    /** Ready from the end of the start to the begin of the drain, as long as the database works. */
    private static final class CatalogReadiness implements ReadinessCheck {
        private volatile @Nullable CatalogDatabase database;

        void serve(CatalogDatabase started) {
            database = started;
        }

        void stop() {
            database = null;
        }

        @Override
        public String name() {
            return "catalog";
        }

        @Override
        public Optional<String> problem() {
            CatalogDatabase serving = database;
            return serving == null ? Optional.of("the catalog starts or stops") : serving.problem();
        }
    }
}
