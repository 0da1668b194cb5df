package dev.tarn.catalog.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.store.sql.SqliteCatalogDatabase;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.TarnFileIO;
import dev.tarn.storage.WarehouseUri;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.UpdateRequirement;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits without the queues that keep them apart in a server: as two replicas would make them. */
class ObjectCommitsTest {
    private static final Schema FIRST = new Schema(Types.NestedField.optional(1, "a", Types.LongType.get()));
    private static final ObjectName T = new ObjectName(List.of("db"), "t");
    private static final ObjectName U = new ObjectName(List.of("db"), "u");

    private Path folder;
    private CatalogDatabase database;
    private CatalogStore store;
    private TarnFileIO io;
    private ParallelWrites writes;
    private TableLocations locations;

    @BeforeEach
    void open(@TempDir Path temporary) {
        folder = temporary.resolve("warehouse");
        WarehouseUri warehouse = WarehouseUri.parse(folder.toString());
        database = SqliteCatalogDatabase.open(temporary.resolve("data"), Clock.systemUTC());
        database.warehouses()
                .create(
                        new WarehouseRecord("w", "w", warehouse.value(), Map.of(), true, 1),
                        new AuditRecord("p", "create-warehouse", "warehouse/w", "allowed", Instant.EPOCH, Map.of()));
        store = database.warehouse("w");
        io = TarnFileIO.of(S3Settings.DEFAULTS.fileIoProperties());
        writes = new ParallelWrites(4);
        locations = new TableLocations(warehouse);
        store.commit(new StoreTransaction(
                List.of(new Change.CreateNamespace(List.of("db"), Map.of())), List.of(), Optional.empty()));
        List.of(T, U).forEach(name -> replica().create(name, metadata(name), mutation()));
    }

    @AfterEach
    void close() {
        writes.close();
        io.close();
        database.close();
    }

    /** Each relies on the one table and changes the other: if both came first, neither saw the other. */
    @Test
    void twoReplicasCannotEachRelyOnWhatTheOtherOneChanges() throws Exception {
        for (int round = 1; round <= 30; round++) {
            int current = round - 1;
            List<Boolean> done = together(
                    () -> commit(List.of(change(T, current), reliance(U, current))),
                    () -> commit(List.of(change(U, current), reliance(T, current))));

            assertThat(done).containsExactlyInAnyOrder(true, false);
            // The loser's change is made up for, so that both stand at the same schema again.
            commit(List.of(change(done.get(0) ? U : T, current)));
        }
    }

    @Test
    void ofTwoReplicasThatMakeTheSameChangeOneLoses() throws Exception {
        for (int round = 1; round <= 10; round++) {
            int current = round - 1;
            assertThat(together(() -> commit(List.of(change(T, current))), () -> commit(List.of(change(T, current)))))
                    .containsExactlyInAnyOrder(true, false);
        }
        assertThat(store.findObject(List.of("db"), "t", ObjectKind.TABLE)
                        .orElseThrow()
                        .version())
                .isEqualTo(11);
    }

    @Test
    void aFailedRequirementWritesNoFile() throws IOException {
        long before = files();

        assertThatThrownBy(() ->
                        replica().commit(List.of(change(T, 0), reliance(U, 7)), l -> StoredReply.empty(), mutation()))
                .isInstanceOf(CommitFailedException.class)
                .hasMessageContaining("Requirement failed");

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aFileThatCannotBeWrittenLeavesNoneOfTheTransaction() throws IOException {
        ObjectName blocked = new ObjectName(List.of("db"), "blocked");
        replica().create(blocked, metadata(blocked), mutation());
        Path place = folder.resolve("elsewhere");
        Files.createDirectories(folder);
        Files.writeString(place, "a file where a folder should be");
        long before = files();
        UpdateTableRequest moved = new UpdateTableRequest(
                List.of(),
                List.of(new MetadataUpdate.SetProperties(Map.of("write.metadata.path", locationOf("elsewhere")))));

        assertThatThrownBy(() -> replica()
                        .commit(
                                List.of(change(T, 0), change(U, 0), ObjectChange.ofTable(blocked, moved)),
                                l -> StoredReply.empty(),
                                mutation()))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("elsewhere");

        assertThat(files()).isEqualTo(before);
        assertThat(store.findObject(List.of("db"), "t", ObjectKind.TABLE)
                        .orElseThrow()
                        .version())
                .isEqualTo(1);
    }

    /** The store made the change and then broke: deleting the file would take away what the catalog points at. */
    @Test
    void afterAFailureOfUnknownOutcomeEveryFileStays() throws IOException {
        long before = files();
        for (RuntimeException failure : List.of(
                new IllegalStateException("broke after the COMMIT"),
                new TarnException(ErrorKind.UNKNOWN_OUTCOME, "lost the answer of the COMMIT"),
                new TarnException(ErrorKind.INTERNAL, "broke after the COMMIT"))) {
            int current = replica(store).load(T).schema().schemaId();

            assertThatThrownBy(() -> replica(failingAfterCommit(failure))
                            .commits()
                            .commit(List.of(change(T, current)), l -> StoredReply.empty(), mutation()))
                    .isSameAs(failure)
                    .hasMessageContaining("COMMIT");

            assertThat(replica(store).load(T).schema().schemaId()).isEqualTo(current + 1);
        }
        assertThat(files()).isEqualTo(before + 3);
    }

    @Test
    void afterACertainFailureNoFileStays() throws IOException {
        long before = files();
        for (ErrorKind kind : List.of(ErrorKind.OVERLOADED, ErrorKind.UNAVAILABLE)) {
            TarnException failure = new TarnException(kind, "nothing was done");

            assertThatThrownBy(() -> replica(failingBeforeCommit(failure))
                            .commits()
                            .commit(List.of(change(T, 0), change(U, 0)), l -> StoredReply.empty(), mutation()))
                    .isSameAs(failure)
                    .hasMessage("nothing was done");
        }
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void eventsTellTheActionsOfACommit() {
        commit(List.of(change(T, 0)));

        List<CatalogEvent> events = database.events().read("w", 0, 100).stream()
                .map(stored -> stored.event())
                .toList();
        assertThat(events.get(events.size() - 1).details())
                .isEqualTo("{\"updates\":[\"add-schema\",\"set-current-schema\"]}");
    }

    private List<Boolean> together(Callable<Boolean> one, Callable<Boolean> two) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Future<Boolean> first = executor.submit(one);
            Future<Boolean> second = executor.submit(two);
            return List.of(first.get(), second.get());
        } finally {
            executor.shutdownNow();
        }
    }

    private boolean commit(List<ObjectChange> changes) {
        try {
            replica().commit(changes, l -> StoredReply.empty(), mutation());
            return true;
        } catch (CommitFailedException e) {
            return false;
        }
    }

    private ObjectCommits replica() {
        return replica(store).commits();
    }

    /** Commits with caches of their own, as in a process of their own. */
    private Replica replica(CatalogStore over) {
        DataSize cache = DataSize.ofMegabytes(1);
        ObjectFiles files = new ObjectFiles(
                new MetadataFiles(io, cache), new ViewFiles(io, cache), new FunctionFiles(io, cache), writes);
        return new Replica(over, files, new ObjectCommits(over, files, locations, LocationRule.EXCLUSIVE));
    }

    private record Replica(CatalogStore store, ObjectFiles files, ObjectCommits commits) {
        TableMetadata load(ObjectName table) {
            String location = store.findObject(table.namespace(), table.name(), ObjectKind.TABLE)
                    .orElseThrow()
                    .metadataLocation();
            return files.tables().load(location).metadata();
        }
    }

    private CatalogStore failingAfterCommit(RuntimeException failure) {
        return failing(arguments -> {
            store.commit((StoreTransaction) arguments[0]);
            throw failure;
        });
    }

    private CatalogStore failingBeforeCommit(RuntimeException failure) {
        return failing(arguments -> {
            throw failure;
        });
    }

    private CatalogStore failing(Function<Object[], Object> commit) {
        return (CatalogStore) Proxy.newProxyInstance(
                CatalogStore.class.getClassLoader(),
                new Class<?>[] {CatalogStore.class},
                (proxy, method, arguments) ->
                        method.getName().equals("commit") ? commit.apply(arguments) : method.invoke(store, arguments));
    }

    /** Adds a schema, if the table's current one is still that of a number. */
    private static ObjectChange change(ObjectName table, int currentSchema) {
        Schema next = new Schema(List.of(
                Types.NestedField.optional(1, "a", Types.LongType.get()),
                Types.NestedField.optional(2 + currentSchema, "c" + currentSchema, Types.LongType.get())));
        return ObjectChange.ofTable(
                table,
                new UpdateTableRequest(
                        List.of(new UpdateRequirement.AssertCurrentSchemaID(currentSchema)),
                        List.of(new MetadataUpdate.AddSchema(next), new MetadataUpdate.SetCurrentSchema(-1))));
    }

    private static ObjectChange reliance(ObjectName table, int currentSchema) {
        return ObjectChange.ofTable(
                table,
                new UpdateTableRequest(List.of(new UpdateRequirement.AssertCurrentSchemaID(currentSchema)), List.of()));
    }

    private TableMetadata metadata(ObjectName table) {
        return TableMetadata.newTableMetadata(
                FIRST, PartitionSpec.unpartitioned(), SortOrder.unsorted(), locationOf(table.name()), Map.of());
    }

    private String locationOf(String name) {
        return WarehouseUri.parse(folder.toString()).value() + "/" + name;
    }

    private long files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    private static Mutation mutation() {
        return new Mutation("p", Optional.empty(), "", Instant.EPOCH, Instant.EPOCH);
    }
}
