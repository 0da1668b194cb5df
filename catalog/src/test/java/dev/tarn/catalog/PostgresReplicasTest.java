package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.store.sql.PostgresSettings;
import dev.tarn.testkit.PostgresFixture;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers over one PostgreSQL and one warehouse are one catalog. */
class PostgresReplicasTest {
    private static final TableIdentifier TABLE = TableIdentifier.of("db", "t");
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    @Test
    void whatOneReplicaCommitsTheOtherOneServesAtOnce(@TempDir Path folder) {
        PostgresFixture.Database database = PostgresFixture.shared().newDatabase("replicas");
        try (RunningCatalog one = replica(folder, database);
                RunningCatalog two = replica(folder, database)) {
            RESTCatalog first = one.client();
            RESTCatalog second = two.client();
            first.createNamespace(Namespace.of("db"));
            Table made = first.createTable(TABLE, SCHEMA);
            Table seen = second.loadTable(TABLE);

            for (int round = 0; round < 5; round++) {
                made.updateProperties().set("by", "one" + round).commit();
                seen.refresh();
                assertThat(seen.properties()).containsEntry("by", "one" + round);
                seen.updateProperties().set("by", "two" + round).commit();
                made.refresh();
                assertThat(made.properties()).containsEntry("by", "two" + round);
            }
            assertThat(second.dropTable(TABLE, false)).isTrue();
            assertThat(first.tableExists(TABLE)).isFalse();
        }
    }

    @Test
    void aReplicaThatStartsLaterFindsWhatIsThere(@TempDir Path folder) {
        PostgresFixture.Database database = PostgresFixture.shared().newDatabase("restarts");
        try (RunningCatalog one = replica(folder, database)) {
            one.client().createNamespace(Namespace.of("db"));
        }

        try (RunningCatalog two = replica(folder, database)) {
            assertThat(two.client().namespaceExists(Namespace.of("db"))).isTrue();
            assertThat(two.server().readiness().problem()).isEmpty();
            assertThat(two.send("GET", "/metrics", "").body()).contains("hikaricp_connections_max");
        }
    }

    private static RunningCatalog replica(Path folder, PostgresFixture.Database database) {
        PostgresSettings settings =
                new PostgresSettings(database.url(), database.user(), Optional.of(database.password()));
        return RunningCatalog.with(
                RunningCatalog.options(folder, CatalogLimits.DEFAULTS).with(settings), any -> any);
    }
}
