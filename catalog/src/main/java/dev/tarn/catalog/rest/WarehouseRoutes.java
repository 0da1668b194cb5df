package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Authorizer;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.commit.ObjectCommits;
import dev.tarn.catalog.commit.ObjectFiles;
import dev.tarn.catalog.commit.TablePurge;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.commit.ViewService;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.planning.PlanningEngine;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.common.DataSize;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.io.FileIO;

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
    private final WarmAnswers warm = new WarmAnswers();

    /**
     * What the operations stand on.
     *
     * @param name name of the warehouse, which is its prefix in paths
     * @param store state of this warehouse
     * @param files metadata files of tables
     * @param objectFiles metadata files of every kind
     * @param queues order of the commits
     * @param purge deletes files of dropped tables
     * @param location where tables live
     * @param s3 how clients reach the store
     * @param vendCredentials whether clients that ask get the server's own credentials
     * @param bodyCacheSize memory for answers that are ready to be sent
     * @param idempotencyLifetime how long a key protects a retry
     * @param clock tells when keys expire
     * @param authorizer decides what callers may do here
     * @param io reads the files of the warehouse
     * @param planning plans scans
     */
    record Parts(
            String name,
            CatalogStore store,
            MetadataFiles files,
            ObjectFiles objectFiles,
            CommitQueues queues,
            TablePurge purge,
            WarehouseUri location,
            S3Settings s3,
            boolean vendCredentials,
            DataSize bodyCacheSize,
            Duration idempotencyLifetime,
            Clock clock,
            Authorizer authorizer,
            FileIO io,
            PlanningEngine planning) {}

    WarehouseRoutes(Parts parts) {
        this.parts = parts;
        TableLocations locations = new TableLocations(parts.location());
        NamespaceService namespaces = new NamespaceService(parts.store());
        IdempotentReplay replay = new IdempotentReplay(parts.store(), parts.idempotencyLifetime(), parts.clock());
        TableBodies bodies = new TableBodies(
                parts.files(), parts.location(), parts.s3(), parts.vendCredentials(), parts.bodyCacheSize());
        ViewBodies viewBodies = new ViewBodies(parts.objectFiles().views(), parts.bodyCacheSize());
        Replies replies = new Replies(bodies, viewBodies);
        ObjectCommits commits =
                new ObjectCommits(parts.store(), parts.objectFiles(), locations, LocationRule.EXCLUSIVE);
        TableService tables = new TableService(parts.store(), parts.files(), locations, LocationRule.EXCLUSIVE);
        List<Route> all = new ArrayList<>();
        all.addAll(new NamespaceRoutes(parts.store(), namespaces, locations, replay, replies).routes());
        all.addAll(new TableRoutes(new TableRoutes.Parts(
                        parts.store(),
                        namespaces,
                        tables,
                        commits,
                        parts.queues(),
                        parts.purge(),
                        locations,
                        replay,
                        bodies,
                        replies,
                        warm))
                .routes());
        all.addAll(new ViewRoutes(new ViewRoutes.Parts(
                        parts.store(),
                        namespaces,
                        new ViewService(parts.store(), parts.objectFiles().views(), locations, LocationRule.EXCLUSIVE),
                        commits,
                        parts.queues(),
                        locations,
                        replay,
                        viewBodies,
                        replies))
                .routes());
        all.addAll(new PlanRoutes(
                        tables,
                        parts.files(),
                        bodies,
                        parts.planning().warehouse(parts.name(), parts.io(), locations::contains))
                .routes());
        this.routes = List.copyOf(all);
        this.table = new RouteTable(BASE, routes);
    }

    String name() {
        return parts.name();
    }

    WarehouseUri location() {
        return parts.location();
    }

    Authorizer authorizer() {
        return parts.authorizer();
    }

    /** Segments that a path without a prefix can begin with: no warehouse may have such a name. */
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

    /**
     * The configuration for clients of this warehouse, listing every operation.
     *
     * @param overrides what else clients have to set
     */
    Response config(Map<String, String> overrides) {
        Map<String, String> all = new TreeMap<>(overrides);
        all.put("namespace-separator", "%1F");
        ObjectNode body = Json.object();
        body.set("defaults", Json.node(parts.location().isS3() ? parts.s3().publicProperties() : Map.of()));
        body.set("overrides", Json.node(all));
        body.set("endpoints", Json.node(routes.stream().map(Route::endpoint).toList()));
        body.put("idempotency-key-lifetime", parts.idempotencyLifetime().toString());
        return Replies.json(body);
    }
}
