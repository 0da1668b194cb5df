package dev.tarn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcCatalogsTest {
    private static final TableIdentifier FLIGHTS = TableIdentifier.of("lake", "flights");

    @TempDir
    private Path folder;

    @Test
    void findsATableAgainInAFolder() {
        try (JdbcCatalog catalog = JdbcCatalogs.inFolder(folder)) {
            TestTables.create(catalog, "lake.flights", TestTables.FLIGHTS);
        }
        try (JdbcCatalog catalog = JdbcCatalogs.inFolder(folder)) {
            Table table = catalog.loadTable(FLIGHTS);

            assertThat(table.schema().sameSchema(TestTables.FLIGHTS)).isTrue();
            assertThat(table.location())
                    .startsWith("file:///")
                    .contains(folder.getFileName().toString());
            assertThat(Files.exists(folder.resolve("warehouse"))).isTrue();
        }
    }

    @Test
    void keepsATableOnS3() {
        try (JdbcCatalog catalog = JdbcCatalogs.onS3(folder, S3Fixture.shared())) {
            Table table = TestTables.create(
                    catalog,
                    "lake.flights",
                    TestTables.FLIGHTS,
                    PartitionSpec.unpartitioned(),
                    Map.of("format-version", "3"));
            table.newAppend().appendFile(dataFile(table, "a.parquet")).commit();

            assertThat(catalog.loadTable(FLIGHTS).currentSnapshot().summary()).containsEntry("total-records", "7");
            assertThat(table.location()).startsWith("s3://warehouse-");
        }
    }

    @Test
    void createsATableBesideAnother() {
        try (JdbcCatalog catalog = JdbcCatalogs.inFolder(folder)) {
            TestTables.create(catalog, "lake.flights", TestTables.FLIGHTS);
            TestTables.create(catalog, "lake.arrivals", TestTables.FLIGHTS);

            assertThat(catalog.listTables(FLIGHTS.namespace())).hasSize(2);
        }
    }

    @Test
    void refusesTheSlowerOfTwoCommits() {
        try (JdbcCatalog first = JdbcCatalogs.inFolder(folder);
                JdbcCatalog second = JdbcCatalogs.inFolder(folder)) {
            Table quick = TestTables.create(
                    first,
                    "lake.flights",
                    TestTables.FLIGHTS,
                    PartitionSpec.unpartitioned(),
                    Map.of("commit.retry.num-retries", "0"));
            Table slow = second.loadTable(FLIGHTS);
            quick.updateProperties().set("by", "quick").commit();

            assertThatThrownBy(() -> slow.updateSchema()
                            .addColumn("carrier", Types.StringType.get())
                            .commit())
                    .isInstanceOf(CommitFailedException.class);
            assertThat(first.loadTable(FLIGHTS).properties()).containsEntry("by", "quick");
        }
    }

    private static DataFile dataFile(Table table, String name) {
        return DataFiles.builder(table.spec())
                .withPath(table.location() + "/data/" + name)
                .withFileSizeInBytes(100)
                .withRecordCount(7)
                .build();
    }
}
