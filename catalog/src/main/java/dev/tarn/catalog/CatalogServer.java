package dev.tarn.catalog;

import dev.tarn.catalog.auth.Access;
import dev.tarn.catalog.auth.AuditLog;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.ParallelWrites;
import dev.tarn.catalog.commit.ReportEvents;
import dev.tarn.catalog.events.webhook.EventDelivery;
import dev.tarn.catalog.http.HttpEdge;
import dev.tarn.catalog.lifecycle.ForgetTask;
import dev.tarn.catalog.lifecycle.PurgeTask;
import dev.tarn.catalog.planning.PlanningEngine;
import dev.tarn.catalog.rest.RestRoutes;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.sql.PostgresCatalogDatabase;
import dev.tarn.catalog.store.sql.SqliteCatalogDatabase;
import dev.tarn.catalog.tasks.TaskRunner;
import dev.tarn.catalog.warehouse.OpenWarehouses;
import dev.tarn.catalog.warehouse.SecretBox;
import dev.tarn.catalog.warehouse.SecretKeyFile;
import dev.tarn.catalog.warehouse.WarehouseService;
import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.ReadinessCheck;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
    private volatile @Nullable TaskRunner runningTasks;

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
     * Says "not ready" at once, stops background work where it is, and waits until the requests that run are answered. Clients are asked to close their
     * connections; {@link #close} ends the rest.
     */
    public void drain(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        readiness.stop();
        TaskRunner tasks = runningTasks;
        if (tasks != null) {
            tasks.stop();
        }
        edge().drain(atMost);
        if (tasks != null) {
            tasks.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
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
        Clock clock = Clock.systemUTC();
        CatalogDatabase database = wrapping.apply(closer.register(openDatabase(metrics, clock)));
        DefaultWarehouse.ensure(database.warehouses(), options.warehouse(), clock.instant());
        SecretBox secrets = new SecretBox(this::secretKey);
        OpenWarehouses warehouses = closer.register(new OpenWarehouses(new OpenWarehouses.Parts(
                database,
                options.s3(),
                options.delegation(),
                secrets,
                limits.metadataCache(),
                options.background().maxOpenWarehouses(),
                closer.register(new ParallelWrites(METADATA_WRITERS)),
                clock)));
        TaskRunner tasks = startTasks(database, warehouses, metrics, clock);
        runningTasks = tasks;
        options.background()
                .webhook()
                .ifPresent(webhook -> closer.register(EventDelivery.start(database.events(), webhook, clock, metrics)));
        ReportEvents reports = closer.register(new ReportEvents());
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                limits.workers(),
                limits.workers(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(limits.maxQueuedRequests()),
                new NamedThreads("catalog-worker"));
        closer.register(workers::shutdownNow);
        PlanningEngine planning = closer.register(PlanningEngine.open(options.planning(), options.dataFolder(), clock));
        Access access = Access.open(
                options.auth(),
                options.dataFolder(),
                database.access(),
                new StoredTargets(database),
                new AuditLog(clock, metrics),
                clock);
        warnAboutPlainText();
        RestRoutes routes = new RestRoutes(
                new RestRoutes.Parts(
                        database,
                        warehouses,
                        new WarehouseService(
                                database.warehouses(), warehouses, secrets, options.warehouse(), options.s3(), clock),
                        () -> new CommitQueues(workers, limits.maxQueuedCommits()),
                        tasks::wakeUp,
                        secrets,
                        reports,
                        limits.metadataCache(),
                        limits.idempotencyKeyLifetime(),
                        clock,
                        access,
                        planning),
                metrics,
                telemetry);
        List<ReadinessCheck> checks = new ArrayList<>(others);
        checks.add(readiness);
        ServerHandler handler = new ServerHandler(routes, metrics, checks);
        edge = closer.register(HttpEdge.start(options.host(), options.port(), limits.http(), handler, workers));
        readiness.serve(database);
    }

    private CatalogDatabase openDatabase(PrometheusMeterRegistry metrics, Clock clock) {
        return options.postgres().isPresent()
                ? PostgresCatalogDatabase.open(options.postgres().get(), clock, metrics)
                : SqliteCatalogDatabase.open(options.dataFolder(), clock);
    }

    /** Replicas must share a key, and so cannot each make their own. */
    private Secret secretKey() {
        Optional<Secret> given = options.background().secretKey();
        if (given.isEmpty() && options.postgres().isPresent()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "A catalog in PostgreSQL needs the setting 'catalog.secret-key', the same on every server, before a"
                            + " warehouse can have secrets; 'openssl rand -base64 32' makes one");
        }
        return given.orElseGet(() -> SecretKeyFile.read(options.dataFolder()));
    }

    private TaskRunner startTasks(
            CatalogDatabase database, OpenWarehouses warehouses, PrometheusMeterRegistry metrics, Clock clock) {
        BackgroundOptions background = options.background();
        ExecutorService readers =
                Executors.newFixedThreadPool(background.purge().readers(), new NamedThreads("catalog-purge-reader"));
        closer.register(readers::shutdownNow);
        return closer.register(TaskRunner.start(
                database.tasks(),
                List.of(
                        new PurgeTask(warehouses, database.tasks(), background.purge(), readers, clock),
                        new ForgetTask(warehouses, clock)),
                background.tasks(),
                UUID.randomUUID().toString(),
                clock,
                metrics));
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
