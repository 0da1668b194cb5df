package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Authenticator;
import dev.tarn.catalog.auth.Authorizer;
import dev.tarn.catalog.auth.Caller;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.commit.TableCommits;
import dev.tarn.catalog.commit.TablePurge;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.RequestHandler;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.common.DataSize;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
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

/** Finds the operation for a request, and answers for the configuration. Thread-safe. Owns nothing it is given. */
public final class RestRoutes implements RequestHandler {
    private final Parts parts;
    private final MeterRegistry metrics;
    private final List<Route> routes;
    private final Response config;

    /**
     * What the routes stand on.
     *
     * @param store state of the catalog
     * @param files metadata files
     * @param queues order of the commits
     * @param purge deletes files of dropped tables
     * @param warehouse where tables live
     * @param s3 how clients reach the store
     * @param vendCredentials whether clients that ask get the server's own credentials
     * @param bodyCacheSize memory for answers that are ready to be sent
     * @param idempotencyLifetime how long a key protects a retry
     * @param clock tells when keys expire
     * @param authenticator finds out who asks
     * @param authorizer decides what they may do
     */
    public record Parts(
            CatalogStore store,
            MetadataFiles files,
            CommitQueues queues,
            TablePurge purge,
            WarehouseUri warehouse,
            S3Settings s3,
            boolean vendCredentials,
            DataSize bodyCacheSize,
            Duration idempotencyLifetime,
            Clock clock,
            Authenticator authenticator,
            Authorizer authorizer) {}

    /** The routes of one catalog. */
    public RestRoutes(Parts parts, MeterRegistry metrics) {
        this.parts = parts;
        this.metrics = metrics;
        TableLocations locations = new TableLocations(parts.warehouse());
        NamespaceService namespaces = new NamespaceService(parts.store());
        IdempotentReplay replay = new IdempotentReplay(parts.store(), parts.idempotencyLifetime(), parts.clock());
        TableBodies bodies = new TableBodies(
                parts.files(), parts.warehouse(), parts.s3(), parts.vendCredentials(), parts.bodyCacheSize());
        Replies replies = new Replies(bodies);
        List<Route> all = new ArrayList<>();
        all.addAll(new NamespaceRoutes(parts.store(), namespaces, locations, replay, replies).routes());
        all.addAll(new TableRoutes(new TableRoutes.Parts(
                        parts.store(),
                        namespaces,
                        new TableService(parts.store(), parts.files(), locations),
                        new TableCommits(parts.store(), parts.files(), locations),
                        parts.queues(),
                        parts.purge(),
                        locations,
                        replay,
                        bodies,
                        replies))
                .routes());
        this.config = config(all);
        all.add(Route.of("GET", "/v1/config", Guard.login(), this::config));
        this.routes = List.copyOf(all);
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        List<String> segments = PathDecoder.segments(request.path());
        boolean pathExists = false;
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(segments);
            if (variables.isPresent() && route.method().equals(request.method())) {
                return run(route, request, variables.get());
            }
            pathExists |= variables.isPresent();
        }
        throw pathExists
                ? new NoSuchRouteException(405, "Method %s is not allowed here".formatted(request.method()))
                : new NoSuchRouteException(404, "The catalog has no such path");
    }

    @Override
    public Response failure(Throwable failure) {
        return ErrorTable.response(failure);
    }

    private CompletionStage<Response> run(Route route, Request http, Map<String, String> variables) {
        Timer.Sample sample = Timer.start(metrics);
        try {
            RestRequest request = RestRequest.of(caller(route, http), parts.authorizer(), http, variables);
            route.guard().check(request);
            return route.action()
                    .apply(request)
                    .exceptionally(failure -> failure(unwrapped(failure)))
                    .thenApply(response -> record(route, sample, response));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(record(route, sample, failure(e)));
        }
    }

    private Caller caller(Route route, Request http) {
        return route.guard().by() == Guard.By.NOBODY
                ? Caller.ANONYMOUS
                : parts.authenticator().authenticate(http.header("authorization"));
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private Response record(Route route, Timer.Sample sample, Response response) {
        long unused = sample.stop(Timer.builder("tarn.catalog.requests")
                .description("Requests to the catalog, by operation and status")
                .tag("operation", route.endpoint())
                .tag("status", Integer.toString(response.status()))
                .register(metrics));
        return response;
    }

    private Response config(RestRequest request) {
        String warehouse = request.parameter("warehouse").orElse("");
        if (!warehouse.isEmpty() && !isOurs(warehouse)) {
            throw new NoSuchWarehouseException(
                    "Warehouse '%s' does not exist; this catalog serves '%s'", warehouse, parts.warehouse());
        }
        return config;
    }

    private boolean isOurs(String warehouse) {
        try {
            return WarehouseUri.parse(warehouse).equals(parts.warehouse());
        } catch (TarnException e) {
            return false;
        }
    }

    private Response config(List<Route> advertised) {
        ObjectNode body = Json.object();
        body.set("defaults", Json.node(parts.warehouse().isS3() ? parts.s3().publicProperties() : Map.of()));
        body.set("overrides", Json.node(Map.of("namespace-separator", "%1F")));
        body.set("endpoints", Json.node(advertised.stream().map(Route::endpoint).toList()));
        body.put("idempotency-key-lifetime", parts.idempotencyLifetime().toString());
        return Replies.json(body);
    }
}
