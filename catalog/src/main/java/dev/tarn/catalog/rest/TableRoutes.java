package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.commit.CommitQueues;
import dev.tarn.catalog.commit.KeyTakenException;
import dev.tarn.catalog.commit.Mutation;
import dev.tarn.catalog.commit.NamespaceService;
import dev.tarn.catalog.commit.TableCommits;
import dev.tarn.catalog.commit.TablePurge;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.credentials.Delegation;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.requests.CommitTransactionRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RegisterTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.ReportMetricsRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** The operations on tables. Thread-safe. */
final class TableRoutes {
    /** Far more than any writer sends; a bound for the work of one request. */
    private static final int MAX_UPDATES = 10_000;

    /** A transaction holds the store's only writer: more tables would make everybody wait. */
    private static final int MAX_TABLES = 100;

    private final CatalogStore store;
    private final NamespaceService namespaces;
    private final TableService tables;
    private final TableCommits commits;
    private final CommitQueues queues;
    private final TablePurge purge;
    private final TableLocations locations;
    private final IdempotentReplay replay;
    private final TableBodies bodies;
    private final DelegatedAccess access;
    private final Replies replies;

    /** What the routes stand on. */
    record Parts(
            CatalogStore store,
            NamespaceService namespaces,
            TableService tables,
            TableCommits commits,
            CommitQueues queues,
            TablePurge purge,
            TableLocations locations,
            IdempotentReplay replay,
            TableBodies bodies,
            DelegatedAccess access,
            Replies replies) {}

    TableRoutes(Parts parts) {
        this.store = parts.store();
        this.namespaces = parts.namespaces();
        this.tables = parts.tables();
        this.commits = parts.commits();
        this.queues = parts.queues();
        this.purge = parts.purge();
        this.locations = parts.locations();
        this.replay = parts.replay();
        this.bodies = parts.bodies();
        this.access = parts.access();
        this.replies = parts.replies();
    }

    List<Route> routes() {
        String all = "/v1/{prefix}/namespaces/{namespace}/tables";
        String one = all + "/{table}";
        return List.of(
                Route.of("GET", all, Privilege.TABLE_LIST, this::list),
                Route.of("POST", all, Privilege.TABLE_CREATE, this::create),
                Route.of("GET", one, Privilege.TABLE_READ_PROPERTIES, this::load),
                new Route("POST", one, CommitAccess.GUARD, this::commit),
                Route.of("DELETE", one, Privilege.TABLE_DROP, this::drop),
                Route.of("HEAD", one, Privilege.TABLE_LIST, this::exists),
                Route.of("POST", one + "/metrics", Privilege.TABLE_READ_PROPERTIES, this::report),
                Route.of(
                        "POST", "/v1/{prefix}/namespaces/{namespace}/register", Privilege.TABLE_CREATE, this::register),
                Route.of(
                        "POST",
                        "/v1/{prefix}/tables/rename",
                        Guard.action(Privilege.TABLE_DROP, Privilege.TABLE_CREATE),
                        this::rename),
                new Route("POST", "/v1/{prefix}/transactions/commit", CommitAccess.GUARD, this::commitAll));
    }

    private Response list(RestRequest request) {
        List<String> namespace = request.namespace();
        namespaces.load(namespace);
        Pages pages = Pages.of(request);
        ObjectNode body = Json.object();
        pages.write(
                body,
                "identifiers",
                store.listObjects(namespace, ObjectKind.TABLE, pages.after(), pages.limit()),
                name -> Map.of("namespace", namespace, "name", name));
        return Replies.json(body);
    }

    private Response load(RestRequest request) {
        ObjectRecord table = tables.find(request.table());
        String mode = request.parameter("snapshots").orElse("all").toLowerCase(Locale.ROOT);
        TableBodies.Snapshots snapshots =
                switch (mode) {
                    case "all" -> TableBodies.Snapshots.ALL;
                    case "refs" -> TableBodies.Snapshots.REFS;
                    default -> throw new BadRequestException("Query parameter 'snapshots' must be all or refs");
                };
        Delegation delegation = access.of(request, table.metadataLocation());
        String etag = bodies.etag(table.metadataLocation(), snapshots, delegation);
        if (request.http()
                .header("if-none-match")
                // A star stands for any answer, and so also for one whose credentials are over.
                .filter(given -> matches(given, etag, !delegation.holdsCredentials()))
                .isPresent()) {
            return Response.empty(304, Map.of("etag", etag));
        }
        return bodies.load(table.metadataLocation(), snapshots, delegation);
    }

    private static boolean matches(String given, String etag, boolean any) {
        return Arrays.stream(given.split(",", -1))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .anyMatch(tag -> tag.equals(etag) || any && tag.equals("*"));
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
                    ObjectName table = new ObjectName(request.namespace(), create.name());
                    namespaces.load(table.namespace());
                    if (tables.isTaken(table)) {
                        throw new AlreadyExistsException("Table already exists: %s", table);
                    }
                    TableMetadata metadata = metadata(table, create);
                    return create.stageCreate() ? stage(metadata, mutation) : commits.create(table, metadata, mutation);
                }),
                request);
    }

    private TableMetadata metadata(ObjectName table, CreateTableRequest create) {
        String location = create.location() == null
                ? locations.defaultLocation(table)
                : locations.checked("table location", create.location());
        Map<String, String> properties = create.properties() == null ? Map.of() : create.properties();
        locations.checkProperties(properties);
        return TableMetadata.newTableMetadata(
                create.schema(),
                create.spec() == null ? PartitionSpec.unpartitioned() : create.spec(),
                create.writeOrder() == null ? SortOrder.unsorted() : create.writeOrder(),
                location,
                properties);
    }

    private StoredReply stage(TableMetadata metadata, Mutation mutation) {
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
        UpdateTableRequest update = Json.read(request.http().body(), UpdateTableRequest.class);
        checkUpdates(update);
        TableIdentifier named = update.identifier();
        if (named != null && !name(named).equals(table)) {
            throw new BadRequestException("The body names table %s but the path names %s", name(named), table);
        }
        CommitAccess.check(request, table, update);
        List<TableCommits.TableChange> changes = List.of(new TableCommits.TableChange(table, update));
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
        CommitTransactionRequest transaction = Json.read(request.http().body(), CommitTransactionRequest.class);
        transaction.validate();
        List<UpdateTableRequest> updates = transaction.tableChanges();
        if (updates.isEmpty() || updates.size() > MAX_TABLES) {
            throw new BadRequestException(
                    "A transaction must change from 1 to %s tables but has %s", MAX_TABLES, updates.size());
        }
        List<TableCommits.TableChange> changes = new ArrayList<>();
        for (UpdateTableRequest update : updates) {
            checkUpdates(update);
            if (update.identifier() == null) {
                throw new BadRequestException("Every change of a transaction must name its table");
            }
            CommitAccess.check(request, name(update.identifier()), update);
            changes.add(new TableCommits.TableChange(name(update.identifier()), update));
        }
        return queues.submit(
                changes.stream().map(change -> change.table().toString()).toList(),
                () -> replies.render(
                        replay.run(
                                request,
                                mutation -> commits.commit(changes, locations -> StoredReply.empty(), mutation)),
                        request));
    }

    private static void checkUpdates(UpdateTableRequest update) {
        update.validate();
        if (update.updates().size() > MAX_UPDATES || update.requirements().size() > MAX_UPDATES) {
            throw new BadRequestException("A commit may have at most %s updates and requirements", MAX_UPDATES);
        }
    }

    private Response drop(RestRequest request) {
        boolean purgeRequested = request.flag("purgeRequested");
        ObjectName table = request.table();
        return replies.render(
                replay.run(request, mutation -> {
                    TableService.Dropped dropped = tables.drop(table, mutation);
                    if (purgeRequested) {
                        purge.schedule(dropped.table().metadataLocation());
                    }
                    return dropped.reply();
                }),
                request);
    }

    private Response rename(RestRequest request) {
        return replies.render(
                replay.run(request, mutation -> {
                    RenameTableRequest rename = Json.read(request.http().body(), RenameTableRequest.class);
                    rename.validate();
                    ObjectName source = name(rename.source());
                    ObjectName destination = name(rename.destination());
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
                    return register.overwrite()
                            ? tables.registerOver(table, register.metadataLocation(), mutation)
                            : tables.register(table, register.metadataLocation(), mutation);
                }),
                request);
    }

    private Response report(RestRequest request) {
        tables.find(request.table());
        Json.read(request.http().body(), ReportMetricsRequest.class);
        return Replies.noContent();
    }

    private static ObjectName name(TableIdentifier identifier) {
        return new ObjectName(
                List.of(identifier.namespace().levels()),
                Optional.ofNullable(identifier.name()).orElse(""));
    }
}
