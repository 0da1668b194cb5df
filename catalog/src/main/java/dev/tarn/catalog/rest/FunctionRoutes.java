package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.commit.FunctionService;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.FunctionMetadata;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.StoredReply;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * The operations on functions. The protocol lists and loads them only; registering and dropping are
 * administration, and so not among the endpoints that the configuration lists. Thread-safe.
 */
final class FunctionRoutes {
    private static final String NAMESPACE = "/v1/{prefix}/namespaces/{namespace}";
    private static final String ONE = NAMESPACE + "/functions/{function}";

    private final CatalogStore store;
    private final NamespaceService namespaces;
    private final FunctionService functions;
    private final IdempotentReplay replay;
    private final Replies replies;

    FunctionRoutes(
            CatalogStore store,
            NamespaceService namespaces,
            FunctionService functions,
            IdempotentReplay replay,
            Replies replies) {
        this.store = store;
        this.namespaces = namespaces;
        this.functions = functions;
        this.replay = replay;
        this.replies = replies;
    }

    /** The operations of the protocol. */
    List<Route> routes() {
        return List.of(
                Route.of("GET", NAMESPACE + "/functions", Privilege.FUNCTION_LIST, this::list),
                Route.of("GET", ONE, Privilege.FUNCTION_READ_PROPERTIES, this::load));
    }

    /** Tarn's own operations. */
    List<Route> administration() {
        String all = ManagementRoutes.WAREHOUSE + "/namespaces/{namespace}/functions";
        return List.of(
                Route.of("POST", all, Privilege.FUNCTION_CREATE, this::register),
                Route.of("DELETE", all + "/{function}", Privilege.FUNCTION_DROP, this::drop));
    }

    private Response list(RestRequest request) {
        List<String> namespace = request.namespace();
        namespaces.load(namespace);
        return Pages.of(request)
                .respond(
                        "identifiers",
                        (after, limit) -> store.listObjects(namespace, ObjectKind.FUNCTION, after, limit),
                        name -> {
                            List<String> levels = new ArrayList<>(namespace);
                            levels.add(name);
                            return levels;
                        });
    }

    private Response load(RestRequest request) {
        String location = functions.find(request.function()).metadataLocation();
        return replies.render(StoredReply.function(location), request);
    }

    private Response register(RestRequest request) {
        return replies.render(
                replay.run(request, mutation -> {
                    ObjectNode body = Json.readObject(request.http().body());
                    ObjectName function = new ObjectName(
                            request.namespace(), body.path("name").asText());
                    namespaces.load(function.namespace());
                    FunctionService.Existing existing = body.path("overwrite").asBoolean()
                            ? FunctionService.Existing.REPLACE
                            : FunctionService.Existing.KEEP;
                    boolean located = body.path("metadata-location").isTextual();
                    if (located == body.path("metadata").isObject()) {
                        throw new BadRequestException("A function needs either a metadata-location or its metadata");
                    }
                    return located
                            ? functions.register(
                                    function, body.path("metadata-location").textValue(), existing, mutation)
                            : functions.create(
                                    function,
                                    new FunctionMetadata((ObjectNode) body.get("metadata")),
                                    existing,
                                    mutation);
                }),
                request);
    }

    private Response drop(RestRequest request) {
        ObjectName function = request.function();
        return replies.render(replay.run(request, mutation -> functions.drop(function, mutation)), request);
    }
}
