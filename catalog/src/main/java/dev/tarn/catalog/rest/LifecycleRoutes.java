package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.lifecycle.DroppedObjects;
import dev.tarn.catalog.lifecycle.ObjectLifecycle;
import dev.tarn.catalog.lifecycle.PurgeTask;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/** The administration of the objects of one warehouse: what was dropped, what is protected, what waits. Thread-safe. */
final class LifecycleRoutes {
    private final Parts parts;

    /** What the routes stand on. */
    record Parts(
            String warehouseId,
            CatalogStore store,
            TaskStore tasks,
            ObjectLifecycle lifecycle,
            IdempotentReplay replay) {}

    LifecycleRoutes(Parts parts) {
        this.parts = parts;
    }

    List<Route> routes() {
        String base = ManagementRoutes.WAREHOUSE;
        return List.of(
                Route.of(
                        "GET",
                        base + "/deleted-objects",
                        Guard.action(Privilege.CATALOG_MANAGE_METADATA, Privilege.TABLE_LIST),
                        this::deleted),
                Route.of(
                        "POST",
                        base + "/deleted-objects/{id}/undrop",
                        Guard.action(
                                Privilege.CATALOG_MANAGE_METADATA,
                                Privilege.TABLE_FULL_METADATA,
                                Privilege.VIEW_FULL_METADATA),
                        this::undrop),
                Route.of(
                        "GET",
                        base + "/objects",
                        Guard.action(Privilege.TABLE_READ_PROPERTIES, Privilege.VIEW_READ_PROPERTIES),
                        this::find),
                Route.of(
                        "PUT",
                        base + "/objects/{id}/protection",
                        Guard.action(Privilege.TABLE_FULL_METADATA, Privilege.VIEW_FULL_METADATA),
                        this::protect),
                Route.of("GET", base + "/tasks", Privilege.CATALOG_READ_PROPERTIES, this::tasks));
    }

    private Response deleted(RestRequest request) {
        List<String> namespace = request.namespaceParameter("namespace").orElse(List.of());
        if (namespace.isEmpty()) {
            request.require(Privilege.CATALOG_MANAGE_METADATA, Securable.warehouse());
        } else {
            request.require(Privilege.TABLE_LIST, Securable.namespace(ObjectName.checkedNamespace(namespace)));
        }
        return Pages.always(request)
                .respond(
                        "deleted-objects",
                        (after, limit) -> parts.store().listDeleted(namespace, after, limit),
                        ObjectRecord::id,
                        this::deletedBody);
    }

    private Response undrop(RestRequest request) {
        return render(parts.replay().run(request, mutation -> {
            String id = request.id();
            Optional<ObjectName> name = target(request);
            ObjectRecord dropped = parts.store()
                    .findObjectById(id)
                    .filter(object -> object.deletedAt().isPresent())
                    .orElseThrow(() -> new TarnException(
                            ErrorKind.NOT_FOUND,
                            "No dropped object '%s' waits to be brought back; 'tarn table deleted' lists those that do"
                                    .formatted(id)));
            boolean moves = name.filter(given -> !given.namespace().equals(dropped.namespace()))
                    .isPresent();
            if (moves) {
                request.require(Privilege.CATALOG_MANAGE_METADATA, Securable.warehouse());
            } else {
                request.require(manage(dropped.kind()), Securable.namespace(dropped.namespace()));
            }
            return parts.lifecycle()
                    .undrop(id, name, object -> StoredReply.json(200, Json.text(body(object))), mutation);
        }));
    }

    /** Bodies may be empty: then the object gets its old name. */
    private Optional<ObjectName> target(RestRequest request) {
        if (request.http().body().length == 0) {
            return Optional.empty();
        }
        ObjectNode body = Json.readObject(request.http().body());
        JsonNode name = body.path("name");
        JsonNode namespace = body.path("namespace");
        if (name.isMissingNode() && namespace.isMissingNode()) {
            return Optional.empty();
        }
        if (!name.isTextual() || !namespace.isArray()) {
            throw new BadRequestException("A new name needs both 'namespace', a list of levels, and 'name', a text");
        }
        List<String> levels = new ArrayList<>();
        namespace.forEach(level -> levels.add(level.asText()));
        return Optional.of(new ObjectName(levels, name.textValue()));
    }

    private Response find(RestRequest request) {
        List<String> namespace = request.namespaceParameter("namespace")
                .orElseThrow(() -> new BadRequestException("Query parameter 'namespace' is missing"));
        ObjectName name = new ObjectName(namespace, request.parameter("name").orElse(""));
        for (ObjectKind kind : List.of(ObjectKind.TABLE, ObjectKind.VIEW)) {
            Optional<ObjectRecord> found = parts.store().findObject(name.namespace(), name.name(), kind);
            if (found.isPresent()) {
                request.require(
                        kind == ObjectKind.TABLE ? Privilege.TABLE_READ_PROPERTIES : Privilege.VIEW_READ_PROPERTIES,
                        securable(found.get()));
                return ManagementRoutes.json(200, found.get().version(), body(found.get()));
            }
        }
        request.require(Privilege.TABLE_READ_PROPERTIES, Securable.table(name));
        throw new NoSuchTableException("No table or view of this name exists: %s", name);
    }

    private Response protect(RestRequest request) {
        return render(parts.replay().run(request, mutation -> {
            JsonNode wanted = Json.readObject(request.http().body()).path("protected");
            if (!wanted.isBoolean()) {
                throw new BadRequestException("Field 'protected' must be true or false");
            }
            ObjectRecord object = parts.store()
                    .findObjectById(request.id())
                    .orElseThrow(() -> new TarnException(
                            ErrorKind.NOT_FOUND, "Object '%s' does not exist".formatted(request.id())));
            request.require(manage(object.kind()), securable(object));
            return parts.lifecycle()
                    .protect(
                            object.id(),
                            wanted.booleanValue(),
                            ManagementRoutes.ifMatch(request),
                            changed -> StoredReply.json(200, Json.text(body(changed))),
                            mutation);
        }));
    }

    private Response tasks(RestRequest request) {
        return Pages.always(request)
                .respond(
                        "tasks",
                        (after, limit) -> parts.tasks().list(parts.warehouseId(), after, limit),
                        TaskRecord::id,
                        LifecycleRoutes::taskBody);
    }

    private static Privilege manage(ObjectKind kind) {
        return kind == ObjectKind.TABLE ? Privilege.TABLE_FULL_METADATA : Privilege.VIEW_FULL_METADATA;
    }

    private static Securable securable(ObjectRecord object) {
        ObjectName name = new ObjectName(object.namespace(), object.name());
        return object.kind() == ObjectKind.TABLE ? Securable.table(name) : Securable.view(name);
    }

    private static Response render(StoredReply reply) {
        return Response.of(reply.status(), "application/json", reply.content().getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode body(ObjectRecord object) {
        ObjectNode body = Json.object();
        body.put("id", object.id());
        body.put("kind", object.kind().name().toLowerCase(Locale.ROOT));
        body.set("namespace", Json.node(object.namespace()));
        body.put("name", object.name());
        body.put("version", object.version());
        body.put("protected", object.isProtected());
        body.put("location", object.location());
        body.put("metadata-location", object.metadataLocation());
        return body;
    }

    private ObjectNode deletedBody(ObjectRecord object) {
        Optional<TaskRecord> purge = parts.tasks().find(DroppedObjects.taskId(PurgeTask.KIND, object.id()));
        ObjectNode body = body(object);
        object.deletedAt().map(Instant::toString).ifPresent(at -> body.put("deleted-at", at));
        object.purgeAfter().map(Instant::toString).ifPresent(at -> body.put("kept-until", at));
        body.put("purge", purge.isPresent());
        body.put("purge-begun", purge.filter(DroppedObjects::isBegun).isPresent());
        purge.map(TaskRecord::problem).filter(text -> !text.isEmpty()).ifPresent(text -> body.put("problem", text));
        return body;
    }

    private static ObjectNode taskBody(TaskRecord task) {
        ObjectNode body = Json.object();
        body.put("id", task.id());
        body.put("kind", task.kind());
        body.put("due-at", task.dueAt().toString());
        body.put("attempts", task.attempts());
        body.put("running", task.leaseUntil().isPresent());
        body.put("cursor", task.cursor());
        body.put("problem", task.problem());
        return body;
    }
}
