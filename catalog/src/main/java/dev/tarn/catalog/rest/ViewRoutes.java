package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.commit.ObjectChange;
import dev.tarn.catalog.commit.ObjectCommits;
import dev.tarn.catalog.commit.ViewService;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.lifecycle.ObjectLifecycle;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.StoredReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.iceberg.rest.requests.CreateViewRequest;
import org.apache.iceberg.rest.requests.RegisterViewRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.view.ViewMetadata;

/** The operations on views. Thread-safe. */
final class ViewRoutes {
    private final Parts parts;

    /** What the routes stand on. */
    record Parts(
            CatalogStore store,
            NamespaceService namespaces,
            ViewService views,
            ObjectCommits commits,
            CommitQueues queues,
            ObjectLifecycle lifecycle,
            TableLocations locations,
            IdempotentReplay replay,
            Replies replies) {}

    ViewRoutes(Parts parts) {
        this.parts = parts;
    }

    List<Route> routes() {
        String all = "/v1/{prefix}/namespaces/{namespace}/views";
        String one = all + "/{view}";
        return List.of(
                Route.of("GET", all, Privilege.VIEW_LIST, this::list),
                Route.of("POST", all, Privilege.VIEW_CREATE, this::create),
                Route.of("GET", one, Privilege.VIEW_READ_PROPERTIES, this::load),
                new Route("POST", one, Guard.path(Privilege.VIEW_WRITE_PROPERTIES), this::replace),
                Route.of("DELETE", one, Privilege.VIEW_DROP, this::drop),
                Route.of("HEAD", one, Privilege.VIEW_LIST, this::exists),
                Route.of(
                        "POST",
                        "/v1/{prefix}/namespaces/{namespace}/register-view",
                        Privilege.VIEW_CREATE,
                        this::register),
                Route.of(
                        "POST",
                        "/v1/{prefix}/views/rename",
                        Guard.action(Privilege.VIEW_DROP, Privilege.VIEW_CREATE),
                        this::rename));
    }

    private Response list(RestRequest request) {
        List<String> namespace = request.namespace();
        parts.namespaces().load(namespace);
        return Pages.of(request)
                .respond(
                        "identifiers",
                        (after, limit) -> parts.store().listObjects(namespace, ObjectKind.VIEW, after, limit),
                        name -> Map.of("namespace", namespace, "name", name));
    }

    private Response load(RestRequest request) {
        ReferencedBy.of(request).check(request, parts.views());
        return render(
                request, StoredReply.view(parts.views().find(request.view()).metadataLocation()));
    }

    private Response exists(RestRequest request) {
        parts.views().find(request.view());
        return Replies.noContent();
    }

    private Response create(RestRequest request) {
        return render(request, parts.replay().run(request, mutation -> {
            CreateViewRequest create = Json.read(request.http().body(), CreateViewRequest.class);
            ObjectName view = new ObjectName(request.namespace(), create.name());
            parts.namespaces().load(view.namespace());
            parts.views().checkFree(view);
            return parts.commits().create(view, metadata(view, create), mutation);
        }));
    }

    private ViewMetadata metadata(ObjectName view, CreateViewRequest create) {
        String location = create.location() == null
                ? parts.locations().defaultLocation(view)
                : parts.locations().checked("view location", create.location());
        parts.locations().checkProperties(create.properties());
        RequestLimits.checkProperties(create.properties());
        RequestLimits.check(create.schema());
        return ViewMetadata.builder()
                .setProperties(create.properties())
                .setLocation(location)
                .setCurrentVersion(create.viewVersion(), create.schema())
                .build();
    }

    private CompletionStage<Response> replace(RestRequest request) {
        ObjectName view = request.view();
        UpdateTableRequest update = CommitRequests.read(request.http().body());
        CommitRequests.checkNames(update, view);
        List<ObjectChange> changes = List.of(ObjectChange.ofView(view, update));
        return parts.queues()
                .submit(
                        List.of(view.toString()),
                        () -> render(
                                request,
                                parts.replay()
                                        .run(
                                                request,
                                                mutation -> parts.commits()
                                                        .commit(
                                                                changes,
                                                                locations -> StoredReply.view(locations.get(0)),
                                                                mutation))));
    }

    private Response drop(RestRequest request) {
        ObjectName view = request.view();
        return render(
                request,
                parts.replay()
                        .run(
                                request,
                                mutation -> parts.lifecycle()
                                        .drop(view, ObjectKind.VIEW, ObjectLifecycle.Files.KEEP, mutation)));
    }

    private Response rename(RestRequest request) {
        return render(request, parts.replay().run(request, mutation -> {
            RenameTableRequest rename = Json.read(request.http().body(), RenameTableRequest.class);
            rename.validate();
            return parts.views()
                    .rename(CommitRequests.name(rename.source()), CommitRequests.name(rename.destination()), mutation);
        }));
    }

    private Response register(RestRequest request) {
        return render(request, parts.replay().run(request, mutation -> {
            RegisterViewRequest register = Json.read(request.http().body(), RegisterViewRequest.class);
            ObjectName view = new ObjectName(request.namespace(), register.name());
            parts.namespaces().load(view.namespace());
            parts.views().checkFree(view);
            return parts.views().register(view, register.metadataLocation(), mutation);
        }));
    }

    private Response render(RestRequest request, StoredReply reply) {
        return parts.replies().render(reply, request);
    }
}
