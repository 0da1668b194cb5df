package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Access;
import dev.tarn.catalog.auth.AccessControl;
import dev.tarn.catalog.auth.Authorizer;
import dev.tarn.catalog.auth.Caller;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.ReportEvents;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.RequestHandler;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.planning.PlanningEngine;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.warehouse.OpenWarehouse;
import dev.tarn.catalog.warehouse.OpenWarehouses;
import dev.tarn.catalog.warehouse.SecretBox;
import dev.tarn.catalog.warehouse.WarehouseName;
import dev.tarn.catalog.warehouse.WarehouseService;
import dev.tarn.common.DataSize;
import dev.tarn.common.TarnException;
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
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the warehouse and the operation for a request. A path without a prefix means the default warehouse. Thread-safe.
 * Owns nothing it is given.
 */
public final class RestRoutes implements RequestHandler {
    private static final String VERSION = "v1";
    private static final String CONFIG = "/v1/config";
    private static final String NAMED = "warehouse=";
    private static final String MANAGEMENT = "management";
    private static final String WAREHOUSES = "warehouses";

    /** Far above any request that is no commit. */
    private static final long MAX_ORDINARY_BODY_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RestRoutes.class);

    private final Parts parts;
    private final MeterRegistry metrics;
    private final RequestObserver observer;
    private final AccessControl access;
    private final Authorizer serverAuthorizer;
    private final RouteTable server;
    private final RouteTable management;
    private final Route configuring;

    /**
     * What the routes stand on.
     *
     * @param database state of the catalog
     * @param warehouses opens warehouses
     * @param administration makes, changes and drops warehouses
     * @param queues makes the queues of one warehouse
     * @param wakeUp called when background work was added
     * @param secrets seals what clients carry for the catalog
     * @param reports passes on what clients report
     * @param bodyCacheSize memory for answers of one warehouse that are ready to be sent
     * @param idempotencyLifetime how long a key protects a retry
     * @param clock tells when keys expire
     * @param access who asks, what they may do, and the administration of that
     * @param planning plans scans
     */
    public record Parts(
            CatalogDatabase database,
            OpenWarehouses warehouses,
            WarehouseService administration,
            Supplier<CommitQueues> queues,
            Runnable wakeUp,
            SecretBox secrets,
            ReportEvents reports,
            DataSize bodyCacheSize,
            Duration idempotencyLifetime,
            Clock clock,
            Access access,
            PlanningEngine planning) {}

    /** The routes of one catalog. */
    public RestRoutes(Parts parts, MeterRegistry metrics, OpenTelemetry telemetry) {
        this.parts = parts;
        this.metrics = metrics;
        this.observer = new RequestObserver(metrics, telemetry);
        this.access = parts.access().control();
        this.serverAuthorizer = access.ofServer();
        List<Route> own = new ArrayList<>();
        this.configuring = Route.of("GET", CONFIG, Guard.login(), this::config);
        own.add(configuring);
        parts.access().tokens().ifPresent(tokens -> own.addAll(new TokenRoutes(tokens).routes()));
        this.server = new RouteTable("/" + VERSION, own);
        List<Route> administration = new ArrayList<>(new ManagementRoutes(parts.administration()).routes());
        administration.addAll(new AccessRoutes(parts.access()).routes());
        this.management = new RouteTable(ManagementRoutes.BASE, administration);
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        List<String> segments = PathDecoder.segments(request.path());
        if (isServers(segments)) {
            RouteTable.Match match = server.find(request.method(), segments, 1);
            boolean open = match.route().guard().by() == Guard.By.NOBODY;
            return run(match, open ? Caller.ANONYMOUS : caller(request), serverAuthorizer, request);
        }
        // Whoever is not logged in learns nothing about warehouses either.
        Caller caller = caller(request);
        if (segments.size() > 2
                && segments.get(0).equals(MANAGEMENT)
                && segments.get(1).equals(VERSION)) {
            return manage(segments, caller, request);
        }
        if (segments.size() < 2 || !segments.get(0).equals(VERSION)) {
            throw new NoSuchRouteException(404, "The catalog has no such path");
        }
        boolean hasPrefix = !WarehouseName.RESERVED.contains(segments.get(1));
        if (hasPrefix && segments.size() == 2) {
            throw new NoSuchRouteException(404, "The catalog has no such path");
        }
        String name = hasPrefix ? PathDecoder.decode(segments.get(1)) : WarehouseService.DEFAULT;
        return within(acquire(name), warehouse -> {
            refuseInactive(warehouse);
            WarehouseRoutes routes = routes(warehouse);
            RouteTable.Match match = routes.find(request.method(), segments, hasPrefix ? 2 : 1);
            return run(match, caller, routes.authorizer(), request);
        });
    }

    @Override
    public Optional<Response> answerFromMemory(Request request) {
        if (!request.method().equals("GET")) {
            return Optional.empty();
        }
        try {
            return request.path().equals(CONFIG)
                    ? configFromMemory(request)
                    : warehouseInMemory(request.path()).flatMap(warehouse -> answerFromMemory(warehouse, request));
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

    private Optional<Response> configFromMemory(Request request) {
        long begin = System.nanoTime();
        String query = request.query();
        boolean named = query.startsWith(NAMED) && query.indexOf('&') < 0 && query.indexOf('%') < 0;
        if (!named && !query.isEmpty()) {
            return Optional.empty();
        }
        String name = named ? query.substring(NAMED.length()) : WarehouseService.DEFAULT;
        return access.callerInMemory(request.header("authorization"))
                .flatMap(caller -> routesInMemory(name))
                .map(routes -> routes.config(named ? Map.of("prefix", name) : Map.of()))
                .map(response -> observer.begin(configuring, request, begin).end(response));
    }

    /** The warehouse that a path names, without asking anybody. */
    private Optional<WarehouseRoutes> warehouseInMemory(String path) {
        int begin = VERSION.length() + 2;
        int end = path.indexOf('/', begin);
        if (end < 0 || !path.startsWith(VERSION, 1)) {
            return Optional.empty();
        }
        String head = path.substring(begin, end);
        return routesInMemory(WarehouseName.RESERVED.contains(head) ? WarehouseService.DEFAULT : head);
    }

    private Optional<WarehouseRoutes> routesInMemory(String name) {
        return parts.warehouses()
                .findInMemory(name)
                .filter(warehouse -> warehouse.record().active())
                .flatMap(warehouse -> warehouse.attached(WarehouseRoutes.class));
    }

    @Override
    public long maxBodyBytes(String method, String path) {
        return mayBeLarge(path) ? Long.MAX_VALUE : MAX_ORDINARY_BODY_BYTES;
    }

    /** Commits, transactions and filters with long lists: requests that grow with what is written or read. */
    private static boolean mayBeLarge(String path) {
        if (path.endsWith("/transactions/commit") || path.endsWith("/plan")) {
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

    private boolean isServers(List<String> segments) {
        return segments.size() > 1
                && segments.get(0).equals(VERSION)
                && server.heads().contains(segments.get(1));
    }

    private Caller caller(Request request) {
        return access.authenticate(request.header("authorization"));
    }

    private CompletionStage<Response> manage(List<String> segments, Caller caller, Request request) {
        if (segments.size() > 4 && segments.get(2).equals(WAREHOUSES)) {
            return within(acquire(PathDecoder.decode(segments.get(3))), warehouse -> {
                WarehouseRoutes routes = routes(warehouse);
                RouteTable.Match match = routes.findManagement(request.method(), segments, 4);
                return run(match, caller, routes.authorizer(), request);
            });
        }
        RouteTable.Match match = management.find(request.method(), segments, 2);
        Authorizer authorizer = serverAuthorizer;
        String named = match.variables().get("warehouse");
        if (named != null) {
            // Not opened: what cannot be opened any more must still be mended or dropped.
            WarehouseRecord warehouse = parts.administration().load(PathDecoder.decode(named));
            authorizer = access.ofWarehouse(warehouse.id(), parts.database().warehouse(warehouse.id()));
        }
        return run(match, caller, authorizer, request);
    }

    private OpenWarehouse acquire(String name) {
        return parts.warehouses()
                .acquire(name)
                .orElseThrow(() -> new NoSuchWarehouseException("Warehouse '%s' does not exist", name));
    }

    /** Keeps a warehouse open until the answer is there. */
    private static CompletionStage<Response> within(
            OpenWarehouse warehouse, Function<OpenWarehouse, CompletionStage<Response>> work) {
        CompletionStage<Response> answer;
        try {
            answer = work.apply(warehouse);
        } catch (RuntimeException | Error e) {
            warehouse.close();
            throw e;
        }
        return answer.whenComplete((response, failure) -> warehouse.close());
    }

    /** Not "no such warehouse": clients would take its tables for gone. */
    private static void refuseInactive(OpenWarehouse warehouse) {
        if (!warehouse.record().active()) {
            String name = warehouse.record().name();
            throw new ForbiddenException(
                    "Warehouse '%s' is not active; 'tarn warehouse alter %s --activate' lets it take requests again",
                    name, name);
        }
    }

    private WarehouseRoutes routes(OpenWarehouse warehouse) {
        return warehouse.attachment(
                WarehouseRoutes.class,
                open -> new WarehouseRoutes(new WarehouseRoutes.Parts(
                        open,
                        parts.database().tasks(),
                        parts.database().events(),
                        parts.queues().get(),
                        parts.wakeUp(),
                        parts.secrets(),
                        parts.reports(),
                        metrics,
                        parts.bodyCacheSize(),
                        parts.idempotencyLifetime(),
                        parts.clock(),
                        access.ofWarehouse(open.record().id(), open.store()),
                        parts.planning())));
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
        String name = named.isEmpty() ? WarehouseService.DEFAULT : nameOf(named);
        try (OpenWarehouse warehouse = acquire(name)) {
            refuseInactive(warehouse);
            return routes(warehouse).config(named.isEmpty() ? Map.of() : Map.of("prefix", name));
        }
    }

    /** Clients may name a warehouse by its location too. */
    private String nameOf(String nameOrLocation) {
        if (!nameOrLocation.contains("/")) {
            return nameOrLocation;
        }
        Optional<String> name;
        try {
            name = parts.warehouses().nameAt(WarehouseUri.parse(nameOrLocation));
        } catch (TarnException e) {
            throw new NoSuchWarehouseException(e, "Warehouse '%s' does not exist", nameOrLocation);
        }
        return name.orElseThrow(() -> new NoSuchWarehouseException("Warehouse '%s' does not exist", nameOrLocation));
    }
}
