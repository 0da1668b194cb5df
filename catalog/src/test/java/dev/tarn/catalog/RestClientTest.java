package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.BaseTransaction;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableCommit;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as Iceberg's own client sees it. */
class RestClientTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final Namespace NAMESPACE = Namespace.of("db");
    private static final TableIdentifier NAME = TableIdentifier.of(NAMESPACE, "t");

    private RunningCatalog catalog;
    private RESTCatalog client;

    @BeforeEach
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.over(folder);
        client = catalog.client();
        client.createNamespace(NAMESPACE);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void aCreatedTableIsLoadedWithItsSchemaAndProperties() {
        client.createTable(NAME, SCHEMA, PartitionSpec.unpartitioned(), Map.of("k", "v", "format-version", "3"));

        Table loaded = catalog.client().loadTable(NAME);

        assertThat(loaded.schema().asStruct()).isEqualTo(SCHEMA.asStruct());
        assertThat(loaded.properties()).containsEntry("k", "v");
        assertThat(client.listTables(NAMESPACE)).containsExactly(NAME);
    }

    @Test
    void appendsOfSeveralWritersAreAllKept() throws Exception {
        client.createTable(NAME, SCHEMA);
        int writers = 4;
        int appends = 5;
        ExecutorService executor = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                running.add(executor.submit(() -> {
                    Table table = catalog.client().loadTable(NAME);
                    table.updateProperties()
                            .set("commit.retry.num-retries", "50")
                            .commit();
                    for (int i = 0; i < appends; i++) {
                        table.newAppend().appendFile(file(table)).commit();
                    }
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }

        Table table = client.loadTable(NAME);
        assertThat(table.snapshots()).hasSize(writers * appends);
        assertThat(table.currentSnapshot().summary()).containsEntry("total-data-files", "20");
    }

    @Test
    void aStaleRequirementIsRefusedAsCommitFailed() {
        UpdateSchema stale = client.createTable(NAME, SCHEMA).updateSchema().addColumn("a", Types.StringType.get());
        client.loadTable(NAME)
                .updateSchema()
                .addColumn("b", Types.StringType.get())
                .commit();

        assertThatThrownBy(stale::commit)
                .isInstanceOf(CommitFailedException.class)
                .hasMessageContaining("Requirement failed");
    }

    @Test
    void aTransactionOverTwoTablesChangesBothOrNone() {
        TableIdentifier other = TableIdentifier.of(NAMESPACE, "u");
        Table first = client.createTable(NAME, SCHEMA);
        Table second = client.createTable(other, SCHEMA);
        Transaction one = first.newTransaction();
        one.newAppend().appendFile(file(first)).commit();
        Transaction two = second.newTransaction();
        two.newAppend().appendFile(file(second)).commit();
        client.commitTransaction(commit(NAME, one), commit(other, two));

        assertThat(client.loadTable(NAME).snapshots()).hasSize(1);
        assertThat(client.loadTable(other).snapshots()).hasSize(1);

        // The same requirements again: they are stale now, for both tables.
        Table fresh = client.loadTable(NAME);
        Transaction good = fresh.newTransaction();
        good.newAppend().appendFile(file(fresh)).commit();
        assertThatThrownBy(() -> client.commitTransaction(commit(NAME, good), commit(other, two)))
                .isInstanceOf(CommitFailedException.class)
                .hasMessageContaining("Requirement failed");
        assertThat(client.loadTable(NAME).snapshots()).hasSize(1);
    }

    @Test
    void aStagedCreateAppearsWithItsFirstCommit() {
        Transaction create = client.newCreateTableTransaction(NAME, SCHEMA);
        create.newAppend().appendFile(file(create.table())).commit();
        assertThat(client.tableExists(NAME)).isFalse();

        create.commitTransaction();

        assertThat(client.loadTable(NAME).snapshots()).hasSize(1);
    }

    @Test
    void aRenamedTableIsFoundUnderItsNewNameOnly() {
        client.createNamespace(Namespace.of("other"));
        client.createTable(NAME, SCHEMA);
        TableIdentifier to = TableIdentifier.of("other", "new");
        client.renameTable(NAME, to);

        assertThat(client.tableExists(NAME)).isFalse();
        assertThat(client.loadTable(to).schema().asStruct()).isEqualTo(SCHEMA.asStruct());
    }

    @Test
    void aDroppedTableCanBeRegisteredAgainFromItsMetadataFile() {
        Table table = client.createTable(NAME, SCHEMA);
        table.newAppend().appendFile(file(table)).commit();
        String location = ((BaseTable) table).operations().current().metadataFileLocation();
        assertThat(client.dropTable(NAME, false)).isTrue();

        Table again = client.registerTable(NAME, location);

        assertThat(again.snapshots()).hasSize(1);
    }

    @Test
    void mistakesComeBackAsTheExceptionsThatIcebergDefines() {
        client.createTable(NAME, SCHEMA);
        assertThatThrownBy(() -> client.createTable(NAME, SCHEMA))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("db.t");
        assertThatThrownBy(() -> client.loadTable(TableIdentifier.of(NAMESPACE, "absent")))
                .isInstanceOf(NoSuchTableException.class)
                .hasMessageContaining("db.absent");
        assertThatThrownBy(() -> client.createTable(TableIdentifier.of("absent", "t"), SCHEMA))
                .isInstanceOf(NoSuchNamespaceException.class)
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> client.dropNamespace(NAMESPACE))
                .isInstanceOf(NamespaceNotEmptyException.class)
                .hasMessageContaining("db");
    }

    @Test
    void namespacesNestAndKeepTheirProperties() {
        Namespace child = Namespace.of("db", "child");
        client.createNamespace(child, new HashMap<>(Map.of("owner", "me")));
        client.setProperties(child, new HashMap<>(Map.of("a", "1", "b", "2")));
        client.removeProperties(child, new HashSet<>(Set.of("a")));

        assertThat(client.listNamespaces(NAMESPACE)).containsExactly(child);
        assertThat(client.listNamespaces()).containsExactly(NAMESPACE);
        assertThat(client.loadNamespaceMetadata(child))
                .containsExactlyInAnyOrderEntriesOf(Map.of("owner", "me", "b", "2"));
        assertThat(client.dropNamespace(child)).isTrue();
        assertThat(client.namespaceExists(child)).isFalse();
    }

    @Test
    void pagesListEveryNameOnce() {
        RESTCatalog paging = catalog.client(Map.of("rest-page-size", "3"));
        List<TableIdentifier> names = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            names.add(TableIdentifier.of(NAMESPACE, "t" + i));
            client.createTable(names.get(i), SCHEMA);
        }

        assertThat(paging.listTables(NAMESPACE)).containsExactlyElementsOf(names);
        assertThat(StreamSupport.stream(paging.listNamespaces().spliterator(), false))
                .containsExactly(NAMESPACE);
    }

    private static TableCommit commit(TableIdentifier name, Transaction transaction) {
        TableOperations operations = ((BaseTransaction) transaction).underlyingOps();
        return TableCommit.create(name, operations.current(), ((BaseTransaction) transaction).currentMetadata());
    }

    private static DataFile file(Table table) {
        return DataFiles.builder(table.spec())
                .withPath(table.location() + "/data/" + UUID.randomUUID() + ".parquet")
                .withFileSizeInBytes(10)
                .withRecordCount(1)
                .build();
    }
}
