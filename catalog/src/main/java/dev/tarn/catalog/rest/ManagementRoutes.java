package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.warehouse.WarehouseProperties;
import dev.tarn.catalog.warehouse.WarehouseService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.exceptions.BadRequestException;

/** The administration of warehouses. Thread-safe. */
final class ManagementRoutes {
    /** What the paths of all administration begin with. */
    static final String BASE = "/management/v1";

    /** What the path of one warehouse begins with. */
    static final String WAREHOUSE = BASE + "/warehouses/{warehouse}";

    private final WarehouseService warehouses;

    ManagementRoutes(WarehouseService warehouses) {
        this.warehouses = warehouses;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", BASE + "/warehouses", Guard.path(Privilege.CATALOG_LIST), this::list),
                Route.of("POST", BASE + "/warehouses", Guard.path(Privilege.CATALOG_CREATE), this::create),
                Route.of("GET", WAREHOUSE, Guard.path(Privilege.CATALOG_READ_PROPERTIES), this::describe),
                Route.of("POST", WAREHOUSE, Guard.path(Privilege.CATALOG_WRITE_PROPERTIES), this::alter),
                Route.of("DELETE", WAREHOUSE, Guard.path(Privilege.CATALOG_DROP), this::drop));
    }

    private Response list(RestRequest request) {
        return Pages.always(request)
                .respond("warehouses", warehouses::list, WarehouseRecord::name, ManagementRoutes::body);
    }

    private Response create(RestRequest request) {
        ObjectNode body = Json.readObject(request.http().body());
        WarehouseRecord created = warehouses.create(
                text(body, "name"),
                text(body, "location"),
                Json.textMap(body, "properties"),
                request.caller().principal());
        return answer(201, created);
    }

    private Response describe(RestRequest request) {
        return answer(200, warehouses.load(request.warehouse()));
    }

    private Response alter(RestRequest request) {
        ObjectNode body = Json.readObject(request.http().body());
        WarehouseRecord altered = warehouses.alter(
                request.warehouse(),
                new WarehouseService.Alteration(
                        Json.textMap(body, "updates"), texts(body, "removals"), flag(body, "active"), ifMatch(request)),
                request.caller().principal());
        return answer(200, altered);
    }

    private Response drop(RestRequest request) {
        warehouses.drop(request.warehouse(), ifMatch(request), request.caller().principal());
        return Replies.noContent();
    }

    /** The version in an If-Match header, as the ETag of an answer gave it. */
    static OptionalLong ifMatch(RestRequest request) {
        Optional<String> header =
                request.http().header("if-match").map(String::strip).filter(tag -> !tag.equals("*"));
        if (header.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(
                    Long.parseLong(header.get().replaceFirst("^W/", "").replace("\"", "")));
        } catch (NumberFormatException e) {
            throw new BadRequestException(e, "The If-Match header must hold the ETag of an earlier answer");
        }
    }

    private static Response answer(int status, WarehouseRecord warehouse) {
        return json(status, warehouse.version(), body(warehouse));
    }

    /** An answer about one version of something. */
    static Response json(int status, long version, ObjectNode body) {
        return Response.of(
                status, Map.of("content-type", "application/json", "etag", "\"" + version + "\""), Json.bytes(body));
    }

    private static ObjectNode body(WarehouseRecord warehouse) {
        ObjectNode body = Json.object();
        body.put("id", warehouse.id());
        body.put("name", warehouse.name());
        body.put("location", warehouse.location());
        body.put("active", warehouse.active());
        body.put("version", warehouse.version());
        body.set("properties", Json.node(WarehouseProperties.shown(warehouse.properties())));
        return body;
    }

    private static String text(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new BadRequestException("Field '%s' must be a text", field);
        }
        return value.textValue();
    }

    private static List<String> texts(ObjectNode body, String field) {
        List<String> texts = new ArrayList<>();
        body.path(field).forEach(value -> {
            if (!value.isTextual()) {
                throw new BadRequestException("Field '%s' must be a list of texts", field);
            }
            texts.add(value.textValue());
        });
        return texts;
    }

    private static Optional<Boolean> flag(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw new BadRequestException("Field '%s' must be true or false", field);
        }
        return Optional.of(value.booleanValue());
    }
}
