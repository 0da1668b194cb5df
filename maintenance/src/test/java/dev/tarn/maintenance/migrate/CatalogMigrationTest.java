package dev.tarn.maintenance.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.testkit.JdbcCatalogs;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogMigrationTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final TableIdentifier ORDERS = TableIdentifier.of("shop", "eu", "orders");

    private JdbcCatalog source;
    private JdbcCatalog target;

    @BeforeEach
    void open(@TempDir Path folder) {
        source = JdbcCatalogs.inFolder(folder.resolve("source"));
        target = JdbcCatalogs.inFolder(folder.resolve("target"));
        source.createNamespace(Namespace.of("shop"), Map.of("owner", "ada"));
        source.createNamespace(Namespace.of("shop", "eu"));
        source.createNamespace(Namespace.of("other"));
        source.createTable(ORDERS, SCHEMA);
        source.buildView(TableIdentifier.of("shop", "eu", "recent"))
                .withSchema(SCHEMA)
                .withQuery("spark", "SELECT id FROM orders")
                .withDefaultNamespace(Namespace.of("shop", "eu"))
                .create();
    }

    @AfterEach
    void close() {
        source.close();
        target.close();
    }

    @Test
    void everythingIsRegisteredUnderItsNameAndTheSecondRunFindsNothingToDo() {
        MigrationResult first = migrate(Namespace.empty());
        MigrationResult second = migrate(Namespace.empty());

        assertThat(first.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(first.created()).isEqualTo(3);
        assertThat(first.registered()).isEqualTo(2);
        assertThat(target.loadNamespaceMetadata(Namespace.of("shop"))).containsEntry("owner", "ada");
        assertThat(target.loadTable(ORDERS).uuid())
                .isEqualTo(source.loadTable(ORDERS).uuid());
        assertThat(target.loadView(TableIdentifier.of("shop", "eu", "recent"))
                        .sqlFor("spark")
                        .sql())
                .isEqualTo("SELECT id FROM orders");
        assertThat(second.status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
        assertThat(second.present()).isEqualTo(5);
    }

    @Test
    void aTableThatWentOnInTheSourceIsToBeAdvancedAndOneThatWentOnInTheTargetIsLeft() {
        migrate(Namespace.empty());
        source.loadTable(ORDERS).updateProperties().set("a", "1").commit();

        assertThat(plan(Namespace.empty()).count(MigrationAction.ADVANCE)).isEqualTo(1);

        source.dropTable(ORDERS, false);
        source.registerTable(ORDERS, location(target));
        target.loadTable(ORDERS).updateProperties().set("b", "2").commit();
        assertThat(plan(Namespace.empty()).count(MigrationAction.ADVANCE)).isZero();
        assertThat(migrate(Namespace.empty()).status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
    }

    @Test
    void whatTheTargetCannotDoIsReportedWithItsReason() {
        migrate(Namespace.empty());
        source.loadTable(ORDERS).updateProperties().set("a", "1").commit();

        MigrationResult result = migrate(Namespace.empty());

        assertThat(result.status()).isEqualTo(MaintenanceStatus.PARTIAL);
        assertThat(result.unfinished().get(0).note()).contains("overwrite is not supported");
    }

    @Test
    void aTableWithAnotherHistoryIsReportedAndKept() {
        target.createNamespace(Namespace.of("shop"));
        target.createNamespace(Namespace.of("shop", "eu"));
        String uuid = target.createTable(ORDERS, SCHEMA).uuid().toString();

        MigrationResult result = migrate(Namespace.empty());

        assertThat(result.status()).isEqualTo(MaintenanceStatus.PARTIAL);
        assertThat(result.unfinished()).hasSize(1);
        assertThat(result.unfinished().get(0).fullName()).isEqualTo("shop.eu.orders");
        assertThat(result.unfinished().get(0).note()).contains("not in the source's history");
        assertThat(target.loadTable(ORDERS).uuid()).hasToString(uuid);
    }

    @Test
    void oneNamespaceBringsItsParentsAndNothingElse() {
        MigrationResult result = migrate(Namespace.of("shop", "eu"));

        assertThat(result.created()).isEqualTo(2);
        assertThat(target.namespaceExists(Namespace.of("other"))).isFalse();
        assertThat(target.tableExists(ORDERS)).isTrue();
    }

    @Test
    void anUnknownNamespaceIsNamed() {
        assertThatThrownBy(() -> migrate(Namespace.of("nowhere")))
                .isInstanceOf(NoSuchNamespaceException.class)
                .hasMessageContaining("nowhere");
    }

    private MigrationPlan plan(Namespace root) {
        return CatalogMigrationPlanner.plan(
                CatalogEnd.of(source), CatalogEnd.of(target), root, MaintenanceProgress.silent());
    }

    private MigrationResult migrate(Namespace root) {
        return new CatalogMigrationExecutor().run(CatalogEnd.of(target), plan(root), MaintenanceProgress.silent());
    }

    private static String location(JdbcCatalog catalog) {
        return ((HasTableOperations) catalog.loadTable(ORDERS))
                .operations()
                .current()
                .metadataFileLocation();
    }
}
