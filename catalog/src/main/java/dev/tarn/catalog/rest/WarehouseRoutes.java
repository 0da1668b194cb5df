package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Authorizer;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.FunctionService;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.commit.ObjectCommits;
import dev.tarn.catalog.commit.ObjectFiles;
import dev.tarn.catalog.commit.ReportEvents;
import dev.tarn.catalog.commit.TableFolders;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.commit.ViewService;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.lifecycle.ObjectLifecycle;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.planning.PlanService;
import dev.tarn.catalog.planning.PlanningEngine;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.EventStore;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.catalog.warehouse.OpenWarehouse;
import dev.tarn.catalog.warehouse.SecretBox;
import dev.tarn.common.DataSize;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The services, caches and operations of one warehouse. A new group of operations is a class with a method {@code
 * routes()}, and one line in the constructor here. Thread-safe. Owns nothing it is given.
 */
final class WarehouseRoutes {
    /** What the templates of all operations on a warehouse begin with. */
    private static final String BASE = "/v1/{prefix}";

    private final Parts parts;
    private final List<Route> routes;
    private final RouteTable table;
    private final RouteTable management;
    private final WarmAnswers warm = new WarmAnswers();

    /** As many as there are ways to name the warehouse: with and without a prefix. */
    private final Map<Map<String, String>, Response> configs = new ConcurrentHashMap<>();

    /**
     * What the operations stand on.
     *
     * @param warehouse its version, store and files; the routes are kept with it, and do not keep it open
     * @param tasks work that a drop leaves behind
     * @param events what happened in all warehouses
     * @param queues order of the commits
     * @param wakeUp called when there is such work
     * @param secrets seals what clients carry for the catalog
     * @param reports passes on what clients report
     * @param metrics counts it
     * @param bodyCacheSize memory for answers that are ready to be sent
     * @param idempotencyLifetime how long a key protects a retry
     * @param clock tells when keys expire
     * @param authorizer decides what callers may do here
     * @param planning plans scans
     */
    record Parts(
            OpenWarehouse warehouse,
            TaskStore tasks,
            EventStore events,
            CommitQueues queues,
            Runnable wakeUp,
            SecretBox secrets,
            ReportEvents reports,
            MeterRegistry metrics,
            DataSize bodyCacheSize,
            Duration idempotencyLifetime,
            Clock clock,
            Authorizer authorizer,
            PlanningEngine planning) {}

    WarehouseRoutes(Parts parts) {
        this.parts = parts;
        OpenWarehouse warehouse = parts.warehouse();
        CatalogStore store = warehouse.store();
        ObjectFiles files = warehouse.files();
        TableLocations locations = new TableLocations(warehouse.location());
        LocationRule rule =
                warehouse.policies().allowLocationOverlap() ? LocationRule.MAY_OVERLAP : LocationRule.EXCLUSIVE;
        NamespaceService namespaces = new NamespaceService(store);
        IdempotentReplay replay = new IdempotentReplay(store, parts.idempotencyLifetime(), parts.clock());
        TableBodies bodies = bodies(parts);
        ViewBodies viewBodies = new ViewBodies(files.views(), parts.bodyCacheSize());
        TableFolders folders = new TableFolders(store, locations, rule);
        DelegatedAccess access = access(parts, folders);
        Replies replies = new Replies(bodies, viewBodies, new FunctionBodies(files.functions()), access);
        ObjectCommits commits = new ObjectCommits(store, files, locations, rule);
        ViewService views = new ViewService(store, files.views(), locations, rule);
        TableService tables = new TableService(store, files.tables(), locations, rule);
        ObjectLifecycle lifecycle = new ObjectLifecycle(
                store, parts.tasks(), warehouse.record().id(), warehouse.policies(), parts.wakeUp());
        List<Route> all = new ArrayList<>();
        all.addAll(new NamespaceRoutes(store, namespaces, locations, replay, replies).routes());
        all.addAll(new TableRoutes(new TableRoutes.Parts(
                        store,
                        namespaces,
                        tables,
                        views,
                        commits,
                        parts.queues(),
                        lifecycle,
                        locations,
                        folders,
                        replay,
                        bodies,
                        access,
                        replies,
                        warm))
                .routes());
        all.addAll(new ViewRoutes(new ViewRoutes.Parts(
                        store, namespaces, views, commits, parts.queues(), lifecycle, locations, replay, replies))
                .routes());
        all.addAll(new CredentialRoutes(tables, access).routes());
        all.addAll(plans(parts, locations, tables, access).routes());
        FunctionRoutes functions = new FunctionRoutes(
                store, namespaces, new FunctionService(store, files.functions(), locations, rule), replay, replies);
        all.addAll(functions.routes());
        all.addAll(new ReportRoutes(store, tables, new MetricsReports(parts.metrics()), parts.reports(), parts.clock())
                .routes());
        this.routes = List.copyOf(all);
        this.table = new RouteTable(BASE, routes);
        this.management = management(
                new LifecycleRoutes.Parts(warehouse.record().id(), store, parts.tasks(), lifecycle, replay),
                new EventRoutes(parts.events(), warehouse.record().id()),
                functions);
    }

    private static RouteTable management(
            LifecycleRoutes.Parts lifecycle, EventRoutes events, FunctionRoutes functions) {
        List<Route> all = new ArrayList<>(functions.administration());
        all.addAll(new LifecycleRoutes(lifecycle).routes());
        all.addAll(events.routes());
        return new RouteTable(ManagementRoutes.WAREHOUSE, all);
    }

    private static TableBodies bodies(Parts parts) {
        OpenWarehouse warehouse = parts.warehouse();
        return new TableBodies(
                warehouse.files().tables(),
                warehouse.location(),
                warehouse.s3(),
                warehouse.policies().scanPlanning(),
                parts.bodyCacheSize());
    }

    private static DelegatedAccess access(Parts parts, TableFolders folders) {
        OpenWarehouse warehouse = parts.warehouse();
        return new DelegatedAccess(
                warehouse.storage(),
                warehouse.files().tables(),
                folders,
                new StagedPasses(parts.secrets(), warehouse.record().id(), parts.clock()));
    }

    private static PlanRoutes plans(
            Parts parts, TableLocations locations, TableService tables, DelegatedAccess access) {
        OpenWarehouse warehouse = parts.warehouse();
        PlanService planning = parts.planning().warehouse(warehouse.record().id(), warehouse.io(), locations::contains);
        return new PlanRoutes(tables, warehouse.files().tables(), access, planning);
    }

    Authorizer authorizer() {
        return parts.authorizer();
    }

    /** Segments that a path without a prefix can begin with. */
    Set<String> heads() {
        return table.heads();
    }

    /** What was asked for before. */
    WarmAnswers warm() {
        return warm;
    }

    /** The operation behind the prefix of a path; see {@link RouteTable#find}. */
    RouteTable.Match find(String method, List<String> segments, int from) {
        return table.find(method, segments, from);
    }

    /** The administrative operation behind the name in a path; see {@link RouteTable#find}. */
    RouteTable.Match findManagement(String method, List<String> segments, int from) {
        return management.find(method, segments, from);
    }

    /**
     * The configuration for clients of this warehouse, listing every operation.
     *
     * @param overrides what else clients have to set
     */
    Response config(Map<String, String> overrides) {
        return configs.computeIfAbsent(Map.copyOf(overrides), this::newConfig);
    }

    private Response newConfig(Map<String, String> overrides) {
        Map<String, String> all = new TreeMap<>(overrides);
        all.put("namespace-separator", "%1F");
        ObjectNode body = Json.object();
        body.set(
                "defaults",
                Json.node(
                        parts.warehouse().location().isS3()
                                ? parts.warehouse().s3().publicProperties()
                                : Map.of()));
        body.set("overrides", Json.node(all));
        body.set("endpoints", Json.node(routes.stream().map(Route::endpoint).toList()));
        body.put("idempotency-key-lifetime", parts.idempotencyLifetime().toString());
        return Replies.json(body);
    }
}
