package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Authorizer;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.KeyTakenException;
import dev.tarn.catalog.commit.Mutation;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.commit.ObjectChange;
import dev.tarn.catalog.commit.ObjectCommits;
import dev.tarn.catalog.commit.TableFolders;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.commit.ViewService;
import dev.tarn.catalog.credentials.Delegation;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.lifecycle.ObjectLifecycle;
import dev.tarn.catalog.model.CommitKind;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RegisterTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** The operations on tables. Thread-safe. */
final class TableRoutes {
    private static final String ALL = "/v1/{prefix}/namespaces/{namespace}/tables";
    private static final String ONE = ALL + "/{table}";

    /** Queries whose meaning does not depend on anything but the table. */
    private static final Set<String> PLAIN_QUERIES = Set.of("", "snapshots=all", "snapshots=refs");

    private final CatalogStore store;
    private final NamespaceService namespaces;
    private final TableService tables;
    private final ViewService views;
    private final ObjectCommits commits;
    private final CommitQueues queues;
    private final ObjectLifecycle lifecycle;
    private final TableLocations locations;
    private final TableFolders folders;
    private final IdempotentReplay replay;
    private final TableBodies bodies;
    private final DelegatedAccess access;
    private final Replies replies;
    private final WarmAnswers warm;
    private final Route loading = Route.of("GET", ONE, Privilege.TABLE_READ_PROPERTIES, this::load);

    /** What the routes stand on. */
    record Parts(
            CatalogStore store,
            NamespaceService namespaces,
            TableService tables,
            ViewService views,
            ObjectCommits commits,
            CommitQueues queues,
            ObjectLifecycle lifecycle,
            TableLocations locations,
            TableFolders folders,
            IdempotentReplay replay,
            TableBodies bodies,
            DelegatedAccess access,
            Replies replies,
            WarmAnswers warm) {}

    TableRoutes(Parts parts) {
        this.store = parts.store();
        this.namespaces = parts.namespaces();
        this.tables = parts.tables();
        this.views = parts.views();
        this.commits = parts.commits();
        this.queues = parts.queues();
        this.lifecycle = parts.lifecycle();
        this.locations = parts.locations();
        this.folders = parts.folders();
        this.replay = parts.replay();
        this.bodies = parts.bodies();
        this.access = parts.access();
        this.replies = parts.replies();
        this.warm = parts.warm();
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", ALL, Privilege.TABLE_LIST, this::list),
                Route.of("POST", ALL, Privilege.TABLE_CREATE, this::create),
                loading,
                new Route("POST", ONE, CommitAccess.GUARD, this::commit),
                Route.of("DELETE", ONE, Privilege.TABLE_DROP, this::drop),
                Route.of("HEAD", ONE, Privilege.TABLE_LIST, this::exists),
                Route.of(
                        "POST",
                        ONE + "/unregister",
                        Guard.path(Privilege.TABLE_DROP, Privilege.TABLE_READ_PROPERTIES),
                        this::unregister),
                Route.of(
                        "POST", "/v1/{prefix}/namespaces/{namespace}/register", Privilege.TABLE_CREATE, this::register),
                Route.of(
                        "POST",
                        "/v1/{prefix}/tables/rename",
                        Guard.action(Privilege.TABLE_DROP, Privilege.TABLE_CREATE),
                        this::rename),
                new Route("POST", "/v1/{prefix}/transactions/commit", CommitAccess.TRANSACTION_GUARD, this::commitAll));
    }

    private Response list(RestRequest request) {
        List<String> namespace = request.namespace();
        namespaces.load(namespace);
        return Pages.of(request)
                .respond(
                        "identifiers",
                        (after, limit) -> store.listObjects(namespace, ObjectKind.TABLE, after, limit),
                        name -> Map.of("namespace", namespace, "name", name));
    }

    private Response load(RestRequest request) {
        if (!request.accessDelegation().isEmpty()) {
            // Whatever the warehouse can give: who asks wants the data, as the gateway does on behalf of its callers.
            request.require(Privilege.TABLE_READ_DATA, request.securable());
        }
        ReferencedBy.of(request).check(request, views);
        ObjectRecord table = tables.find(request.table());
        String mode = request.parameter("snapshots").orElse("all").toLowerCase(Locale.ROOT);
        TableBodies.Snapshots snapshots =
                switch (mode) {
                    case "all" -> TableBodies.Snapshots.ALL;
                    case "refs" -> TableBodies.Snapshots.REFS;
                    default -> throw new BadRequestException("Query parameter 'snapshots' must be all or refs");
                };
        remember(request, snapshots);
        Delegation delegation = access.of(request, table.metadataLocation());
        String etag = bodies.etag(table.metadataLocation(), snapshots, delegation);
        // A star stands for any answer, and so also for one whose credentials are over.
        if (delegation.holdsCredentials() ? request.holds(etag) : request.isUnchanged(etag)) {
            return Response.empty(304, Map.of("etag", etag));
        }
        return bodies.load(table.metadataLocation(), snapshots, delegation);
    }

    private void remember(RestRequest request, TableBodies.Snapshots snapshots) {
        if (PLAIN_QUERIES.contains(request.http().query())) {
            ObjectName table = request.table();
            Securable securable = Securable.table(table);
            Authorizer authorizer = request.authorizer();
            List<Privilege> privileges = loading.guard().privileges();
            warm.remember(
                    request.http(),
                    new WarmAnswers.Warm(
                            loading,
                            caller -> privileges.stream()
                                    .allMatch(privilege -> authorizer.mayInMemory(caller, privilege, securable)),
                            http -> loadedInMemory(http, table, snapshots)));
        }
    }

    private Optional<Response> loadedInMemory(Request http, ObjectName table, TableBodies.Snapshots snapshots) {
        if (!RestRequest.accessDelegation(http).isEmpty()) {
            return Optional.empty(); // It may take a call to the token service, and depends on more privileges.
        }
        return store.objectInMemory(table.namespace(), table.name(), ObjectKind.TABLE)
                .flatMap(record -> bodies.inMemory(record.metadataLocation(), snapshots, Delegation.NONE))
                .map(loaded -> loaded.answer(http));
    }

    private Response exists(RestRequest request) {
        tables.find(request.table());
        return Replies.noContent();
    }

    private Response create(RestRequest request) {
        return replies.render(
                replay.run(request, mutation -> {
                    CreateTableRequest create = Json.read(request.http().body(), CreateTableRequest.class);
                    create.validate();
                    RequestLimits.check(create.schema());
                    ObjectName table = new ObjectName(request.namespace(), create.name());
                    namespaces.load(table.namespace());
                    tables.checkFree(table);
                    TableMetadata metadata = metadata(table, create);
                    return create.stageCreate()
                            ? stage(table, metadata, mutation)
                            : commits.create(table, metadata, mutation);
                }),
                request);
    }

    private TableMetadata metadata(ObjectName table, CreateTableRequest create) {
        String location = create.location() == null
                ? locations.defaultLocation(table)
                : locations.checked("table location", create.location());
        Map<String, String> properties = create.properties() == null ? Map.of() : create.properties();
        locations.checkProperties(properties);
        RequestLimits.checkProperties(properties);
        TableMetadata metadata = TableMetadata.newTableMetadata(
                create.schema(),
                create.spec() == null ? PartitionSpec.unpartitioned() : create.spec(),
                create.writeOrder() == null ? SortOrder.unsorted() : create.writeOrder(),
                location,
                properties);
        RequestLimits.check(metadata);
        return metadata;
    }

    private StoredReply stage(ObjectName table, TableMetadata metadata, Mutation mutation) {
        folders.checkStaged(table, metadata);
        StoredReply reply = new StoredReply(200, StoredReply.Form.STAGED_TABLE, TableMetadataParser.toJson(metadata));
        if (mutation.key().isPresent()) {
            CommitOutcome outcome = store.commit(new StoreTransaction(List.of(), List.of(), mutation.finished(reply)));
            if (outcome == CommitOutcome.KEY_TAKEN) {
                throw new KeyTakenException();
            }
        }
        return reply;
    }

    private CompletionStage<Response> commit(RestRequest request) {
        ObjectName table = request.table();
        UpdateTableRequest update = CommitRequests.read(request.http().body());
        CommitRequests.checkNames(update, table);
        List<ObjectChange> changes = List.of(ObjectChange.ofTable(table, update));
        changes.forEach(change -> CommitAccess.check(request, change));
        return queues.submit(
                List.of(table.toString()),
                () -> replies.render(
                        replay.run(
                                request,
                                mutation -> commits.commit(
                                        changes, locations -> StoredReply.table(locations.get(0)), mutation)),
                        request));
    }

    private CompletionStage<Response> commitAll(RestRequest request) {
        List<ObjectChange> changes = CommitRequests.readAll(request.http().body()).stream()
                .map(update -> change(request, update))
                .toList();
        changes.forEach(change -> CommitAccess.check(request, change));
        return queues.submit(
                changes.stream().map(change -> change.name().toString()).toList(),
                () -> replies.render(
                        replay.run(
                                request,
                                mutation -> commits.commit(changes, locations -> StoredReply.empty(), mutation)),
                        request));
    }

    /**
     * The change that an entry of a transaction asks for, its kind settled: where the entry could change a table or a
     * view, it is for the view of that name, if there is one that the caller may see.
     */
    private ObjectChange change(RestRequest request, UpdateTableRequest update) {
        ObjectName name = CommitRequests.name(update.identifier());
        return switch (CommitKind.of(update)) {
            case TABLE -> ObjectChange.ofTable(name, update);
            case VIEW -> ObjectChange.ofView(name, update);
            case EITHER ->
                request.may(Privilege.VIEW_LIST, Securable.view(name)) && commits.isView(name)
                        ? ObjectChange.ofView(name, update)
                        : ObjectChange.ofTable(name, update);
        };
    }

    private Response drop(RestRequest request) {
        ObjectLifecycle.Files files =
                request.flag("purgeRequested") ? ObjectLifecycle.Files.PURGE : ObjectLifecycle.Files.KEEP;
        ObjectName table = request.table();
        return replies.render(
                replay.run(request, mutation -> lifecycle.drop(table, ObjectKind.TABLE, files, mutation)), request);
    }

    private Response unregister(RestRequest request) {
        ObjectName table = request.table();
        return replies.render(replay.run(request, mutation -> tables.unregister(table, mutation)), request);
    }

    private Response rename(RestRequest request) {
        return replies.render(
                replay.run(request, mutation -> {
                    RenameTableRequest rename = Json.read(request.http().body(), RenameTableRequest.class);
                    rename.validate();
                    ObjectName source = CommitRequests.name(rename.source());
                    ObjectName destination = CommitRequests.name(rename.destination());
                    request.require(Privilege.TABLE_DROP, Securable.table(source));
                    request.require(Privilege.TABLE_CREATE, Securable.namespace(destination.namespace()));
                    return tables.rename(source, destination, mutation);
                }),
                request);
    }

    private Response register(RestRequest request) {
        return replies.render(
                replay.run(request, mutation -> {
                    RegisterTableRequest register = Json.read(request.http().body(), RegisterTableRequest.class);
                    ObjectName table = new ObjectName(request.namespace(), register.name());
                    if (register.overwrite()) {
                        request.require(Privilege.TABLE_WRITE_DATA, Securable.namespace(table.namespace()));
                    }
                    namespaces.load(table.namespace());
                    if (!register.overwrite()) {
                        tables.checkFree(table);
                    }
                    return register.overwrite()
                            ? tables.registerOver(table, register.metadataLocation(), mutation)
                            : tables.register(table, register.metadataLocation(), mutation);
                }),
                request);
    }
}
