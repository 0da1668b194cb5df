package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Access;
import dev.tarn.catalog.auth.AccessControl;
import dev.tarn.catalog.auth.Authorizer;
import dev.tarn.catalog.auth.Caller;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.ObjectFiles;
import dev.tarn.catalog.commit.TablePurge;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.RequestHandler;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.planning.PlanningEngine;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.common.DataSize;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the warehouse and the operation for a request. A path without a prefix means the default warehouse. Thread-safe.
 * Owns nothing it is given.
 */
public final class RestRoutes implements RequestHandler {
    /** The warehouse that clients reach without naming one. */
    private static final String DEFAULT_WAREHOUSE = "default";

    private static final String VERSION = "v1";

    private static final String MANAGEMENT = "/management/v1";

    /** Far above any request that is no commit. */
    private static final long MAX_ORDINARY_BODY_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RestRoutes.class);

    private final RequestObserver observer;
    private final AccessControl access;
    private final Authorizer serverAuthorizer;
    private final WarehouseRoutes defaultWarehouse;
    private final RouteTable server;
    private final RouteTable management;

    /**
     * What the routes stand on.
     *
     * @param store state of the catalog
     * @param files metadata files of tables
     * @param objectFiles metadata files of every kind
     * @param queues order of the commits
     * @param purge deletes files of dropped tables
     * @param warehouse where tables live
     * @param s3 how clients reach the store
     * @param vendCredentials whether clients that ask get the server's own credentials
     * @param bodyCacheSize memory for answers that are ready to be sent
     * @param idempotencyLifetime how long a key protects a retry
     * @param clock tells when keys expire
     * @param access who asks, what they may do, and the administration of that
     * @param io reads the files of the warehouse
     * @param planning plans scans
     */
    public record Parts(
            CatalogStore store,
            MetadataFiles files,
            ObjectFiles objectFiles,
            CommitQueues queues,
            TablePurge purge,
            WarehouseUri warehouse,
            S3Settings s3,
            boolean vendCredentials,
            DataSize bodyCacheSize,
            Duration idempotencyLifetime,
            Clock clock,
            Access access,
            FileIO io,
            PlanningEngine planning) {}

    /** The routes of one catalog. */
    public RestRoutes(Parts parts, MeterRegistry metrics, OpenTelemetry telemetry) {
        this.observer = new RequestObserver(metrics, telemetry);
        this.access = parts.access().control();
        this.serverAuthorizer = access.ofServer();
        this.defaultWarehouse = new WarehouseRoutes(new WarehouseRoutes.Parts(
                DEFAULT_WAREHOUSE,
                parts.store(),
                parts.files(),
                parts.objectFiles(),
                parts.queues(),
                parts.purge(),
                parts.warehouse(),
                parts.s3(),
                parts.vendCredentials(),
                parts.bodyCacheSize(),
                parts.idempotencyLifetime(),
                parts.clock(),
                access.ofWarehouse(DEFAULT_WAREHOUSE, parts.store()),
                parts.io(),
                parts.planning()));
        List<Route> own = new ArrayList<>();
        own.add(Route.of("GET", "/v1/config", Guard.login(), this::config));
        parts.access().tokens().ifPresent(tokens -> own.addAll(new TokenRoutes(tokens).routes()));
        this.server = new RouteTable("/" + VERSION, own);
        this.management = new RouteTable(MANAGEMENT, new AccessRoutes(parts.access()).routes());
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        List<String> segments = PathDecoder.segments(request.path());
        if (segments.size() > 1
                && segments.get(0).equals(VERSION)
                && server.heads().contains(segments.get(1))) {
            RouteTable.Match match = server.find(request.method(), segments, 1);
            boolean open = match.route().guard().by() == Guard.By.NOBODY;
            return run(match, open ? Caller.ANONYMOUS : caller(request), serverAuthorizer, request);
        }
        // Whoever is not logged in learns nothing about warehouses either.
        Caller caller = caller(request);
        if (request.path().startsWith(MANAGEMENT + "/")) {
            return run(management.find(request.method(), segments, 2), caller, serverAuthorizer, request);
        }
        WarehouseRoutes warehouse = warehouse(segments);
        int from = warehouse.heads().contains(segments.get(1)) ? 1 : 2;
        return run(warehouse.find(request.method(), segments, from), caller, warehouse.authorizer(), request);
    }

    @Override
    public Optional<Response> answerFromMemory(Request request) {
        if (!request.method().equals("GET")) {
            return Optional.empty();
        }
        try {
            return warehouseInMemory(request.path()).flatMap(warehouse -> answerFromMemory(warehouse, request));
        } catch (RuntimeException e) {
            LOG.warn("An answer from memory failed; a worker gives it", e);
            return Optional.empty();
        }
    }

    private Optional<Response> answerFromMemory(WarehouseRoutes warehouse, Request request) {
        Optional<WarmAnswers.Warm> known = warehouse.warm().find(request.target());
        if (known.isEmpty()) {
            return Optional.empty();
        }
        WarmAnswers.Warm warm = known.get();
        long begin = System.nanoTime();
        return access.callerInMemory(request.header("authorization"))
                .filter(warm.mayInMemory())
                .flatMap(caller -> warm.answer().apply(request))
                .map(response -> observer.begin(warm.route(), request, begin).end(response));
    }

    /** The warehouse that a path names, without asking anybody. */
    private Optional<WarehouseRoutes> warehouseInMemory(String path) {
        int begin = VERSION.length() + 2;
        int end = path.indexOf('/', begin);
        if (end < 0 || !path.startsWith(VERSION, 1)) {
            return Optional.empty();
        }
        String head = path.substring(begin, end);
        return head.equals(defaultWarehouse.name()) || defaultWarehouse.heads().contains(head)
                ? Optional.of(defaultWarehouse)
                : Optional.empty();
    }

    @Override
    public long maxBodyBytes(String method, String path) {
        return isCommit(path) ? Long.MAX_VALUE : MAX_ORDINARY_BODY_BYTES;
    }

    /** Commits and transactions: the only requests that grow with what is written. */
    private static boolean isCommit(String path) {
        if (path.endsWith("/transactions/commit")) {
            return true;
        }
        int last = path.lastIndexOf('/');
        return last > 0
                && (path.startsWith("/tables", last - "/tables".length())
                        || path.startsWith("/views", last - "/views".length()));
    }

    @Override
    public Response failure(Throwable failure) {
        return ErrorTable.response(failure);
    }

    private Caller caller(Request request) {
        return access.authenticate(request.header("authorization"));
    }

    private WarehouseRoutes warehouse(List<String> segments) {
        if (segments.size() > 1 && segments.get(0).equals(VERSION)) {
            String head = segments.get(1);
            if (defaultWarehouse.heads().contains(head)) {
                return defaultWarehouse;
            }
            if (segments.size() > 2) {
                return warehouse(PathDecoder.decode(head));
            }
        }
        throw new NoSuchRouteException(404, "The catalog has no such path");
    }

    private WarehouseRoutes warehouse(String nameOrLocation) {
        if (nameOrLocation.equals(defaultWarehouse.name()) || isLocation(nameOrLocation)) {
            return defaultWarehouse;
        }
        throw new NoSuchWarehouseException(
                "Warehouse '%s' does not exist; this catalog serves '%s' at %s",
                nameOrLocation, defaultWarehouse.name(), defaultWarehouse.location());
    }

    private boolean isLocation(String warehouse) {
        try {
            return WarehouseUri.parse(warehouse).equals(defaultWarehouse.location());
        } catch (TarnException e) {
            return false;
        }
    }

    private CompletionStage<Response> run(RouteTable.Match match, Caller caller, Authorizer authorizer, Request http) {
        Route route = match.route();
        RequestObserver.Observation observed = observer.begin(route, http);
        try {
            RestRequest request = RestRequest.of(caller, authorizer, http, match.variables());
            return observed.within(() -> act(route, request)).thenApply(observed::end);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(observed.end(failure(e)));
        }
    }

    private CompletionStage<Response> act(Route route, RestRequest request) {
        route.guard().check(request);
        return route.action().apply(request).exceptionally(failure -> failure(unwrapped(failure)));
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Clients that name no warehouse go without a prefix, as they always did. */
    private Response config(RestRequest request) {
        String named = request.parameter("warehouse").orElse("");
        if (named.isEmpty()) {
            return defaultWarehouse.config(Map.of());
        }
        WarehouseRoutes warehouse = warehouse(named);
        return warehouse.config(Map.of("prefix", warehouse.name()));
    }
}
