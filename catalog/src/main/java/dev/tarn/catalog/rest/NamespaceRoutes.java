package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.NamespaceRecord;
import dev.tarn.catalog.store.StoredReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.rest.requests.UpdateNamespacePropertiesRequest;

/** The operations on namespaces. Thread-safe. */
final class NamespaceRoutes {
    private final CatalogStore store;
    private final NamespaceService namespaces;
    private final TableLocations locations;
    private final IdempotentReplay replay;
    private final Replies replies;

    NamespaceRoutes(
            CatalogStore store,
            NamespaceService namespaces,
            TableLocations locations,
            IdempotentReplay replay,
            Replies replies) {
        this.store = store;
        this.namespaces = namespaces;
        this.locations = locations;
        this.replay = replay;
        this.replies = replies;
    }

    List<Route> routes() {
        String all = "/v1/{prefix}/namespaces";
        String one = all + "/{namespace}";
        return List.of(
                Route.of("GET", all, Guard.action(Privilege.NAMESPACE_LIST), this::list),
                Route.of("POST", all, Guard.action(Privilege.NAMESPACE_CREATE), this::create),
                Route.of("GET", one, Privilege.NAMESPACE_READ_PROPERTIES, this::load),
                Route.of("HEAD", one, Privilege.NAMESPACE_LIST, this::exists),
                Route.of("DELETE", one, Privilege.NAMESPACE_DROP, this::drop),
                Route.of("POST", one + "/properties", Privilege.NAMESPACE_WRITE_PROPERTIES, this::update));
    }

    private Response list(RestRequest request) {
        List<String> parent = request.namespaceParameter("parent").orElse(List.of());
        if (!parent.isEmpty()) {
            ObjectName.checkedNamespace(parent);
        }
        request.require(Privilege.NAMESPACE_LIST, Securable.namespace(parent));
        if (!parent.isEmpty()) {
            namespaces.load(parent);
        }
        return Pages.of(request)
                .respond("namespaces", (after, limit) -> store.listNamespaces(parent, after, limit), name -> {
                    List<String> levels = new ArrayList<>(parent);
                    levels.add(name);
                    return levels;
                });
    }

    private Response create(RestRequest request) {
        return replies.render(
                replay.run(request, mutation -> {
                    ObjectNode body = Json.readObject(request.http().body());
                    List<String> checked = levels(body);
                    request.require(
                            Privilege.NAMESPACE_CREATE, Securable.namespace(checked.subList(0, checked.size() - 1)));
                    Map<String, String> properties = new TreeMap<>(Json.textMap(body, "properties"));
                    checkProperties(properties);
                    return namespaces.create(checked, properties, Json.text(describe(checked, properties)), mutation);
                }),
                request);
    }

    private static List<String> levels(ObjectNode body) {
        List<String> levels = new ArrayList<>();
        body.path("namespace").forEach(level -> {
            if (!level.isTextual()) {
                throw new BadRequestException("The levels of a namespace must be strings");
            }
            levels.add(level.textValue());
        });
        return ObjectName.checkedNamespace(levels);
    }

    private Response load(RestRequest request) {
        NamespaceRecord namespace = namespaces.load(request.namespace());
        return Replies.json(describe(namespace.levels(), namespace.properties()));
    }

    private Response exists(RestRequest request) {
        namespaces.load(request.namespace());
        return Replies.noContent();
    }

    private Response drop(RestRequest request) {
        return replies.render(replay.run(request, mutation -> namespaces.drop(request.namespace(), mutation)), request);
    }

    private Response update(RestRequest request) {
        return replies.render(
                replay.run(request, mutation -> {
                    UpdateNamespacePropertiesRequest change =
                            Json.read(request.http().body(), UpdateNamespacePropertiesRequest.class);
                    change.removals().stream()
                            .filter(change.updates()::containsKey)
                            .findFirst()
                            .ifPresent(key -> {
                                throw new UnprocessableEntityException(
                                        "Property '%s' is both removed and updated", key);
                            });
                    StoredReply reply = namespaces.changeProperties(
                            request.namespace(), current -> change(current, change), mutation);
                    return reply;
                }),
                request);
    }

    private NamespaceService.PropertyChange change(
            Map<String, String> current, UpdateNamespacePropertiesRequest change) {
        Map<String, String> next = new TreeMap<>(current);
        TreeSet<String> removed = new TreeSet<>();
        TreeSet<String> missing = new TreeSet<>();
        change.removals().forEach(key -> (next.remove(key) == null ? missing : removed).add(key));
        next.putAll(change.updates());
        checkProperties(next);
        ObjectNode reply = Json.object();
        reply.set("updated", Json.node(new TreeSet<>(change.updates().keySet())));
        reply.set("removed", Json.node(removed));
        reply.set("missing", Json.node(missing));
        return new NamespaceService.PropertyChange(next, Json.text(reply));
    }

    private void checkProperties(Map<String, String> properties) {
        RequestLimits.checkProperties(properties);
        String location = properties.get("location");
        if (location != null) {
            locations.checked("namespace location", location);
        }
    }

    private static ObjectNode describe(List<String> levels, Map<String, String> properties) {
        ObjectNode body = Json.object();
        body.set("namespace", Json.node(levels));
        body.set("properties", Json.node(new TreeMap<>(properties)));
        return body;
    }
}
