package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.planning.PlanService;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * The operations of scan planning. They change nothing, so that an Idempotency-Key needs no memory: the same request has
 * the same effect however often it comes. Thread-safe.
 */
final class PlanRoutes {
    private final TableService tables;
    private final MetadataFiles files;
    private final DelegatedAccess access;
    private final PlanService planning;

    PlanRoutes(TableService tables, MetadataFiles files, DelegatedAccess access, PlanService planning) {
        this.tables = tables;
        this.files = files;
        this.access = access;
        this.planning = planning;
    }

    List<Route> routes() {
        String table = "/v1/{prefix}/namespaces/{namespace}/tables/{table}";
        Guard readers = Guard.path(Privilege.TABLE_READ_DATA);
        return List.of(
                new Route("POST", table + "/plan", readers, this::plan),
                new Route("GET", table + "/plan/{plan-id}", readers, this::result),
                Route.of("DELETE", table + "/plan/{plan-id}", readers, this::cancel),
                new Route("POST", table + "/tasks", readers, this::tasks));
    }

    private CompletionStage<Response> plan(RestRequest request) {
        checkKey(request);
        ObjectNode body = Json.readObject(request.http().body());
        return planning.plan(askedForFiles(request), body).thenApply(PlanRoutes::response);
    }

    private CompletionStage<Response> result(RestRequest request) {
        return planning.result(askedForFiles(request), planId(request)).thenApply(PlanRoutes::response);
    }

    private Response cancel(RestRequest request) {
        checkKey(request);
        planning.cancel(asked(request), planId(request));
        return Replies.noContent();
    }

    private CompletionStage<Response> tasks(RestRequest request) {
        checkKey(request);
        JsonNode task = Json.readObject(request.http().body()).path("plan-task");
        if (!task.isTextual()) {
            throw new BadRequestException("Field 'plan-task' must be a string");
        }
        return planning.tasks(asked(request), task.textValue()).thenApply(PlanRoutes::response);
    }

    /** Only a plan carries credentials; its tasks are read with the same ones. */
    private PlanService.Asked askedForFiles(RestRequest request) {
        String location = tables.find(request.table()).metadataLocation();
        return asked(request, location, access.storageCredentials(request, location));
    }

    private PlanService.Asked asked(RestRequest request) {
        return asked(request, tables.find(request.table()).metadataLocation(), "");
    }

    private PlanService.Asked asked(RestRequest request, String metadataLocation, String credentials) {
        TableMetadata metadata = files.load(metadataLocation).metadata();
        return new PlanService.Asked(request.caller().principal(), metadata, credentials);
    }

    private static String planId(RestRequest request) {
        return request.pathVariable("plan-id");
    }

    private static void checkKey(RestRequest request) {
        request.http().header("idempotency-key").ifPresent(key -> {
            try {
                UUID unused = UUID.fromString(key.strip());
            } catch (IllegalArgumentException e) {
                throw new BadRequestException(e, "The Idempotency-Key must be a UUID");
            }
        });
    }

    private static Response response(byte[] json) {
        // Answers may hold credentials, and they are good for this caller only.
        return Response.of(200, Map.of("content-type", "application/json", "cache-control", "no-store"), json);
    }
}
