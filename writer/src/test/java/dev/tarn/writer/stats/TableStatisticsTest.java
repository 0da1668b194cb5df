package dev.tarn.writer.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.PartitionStatistics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableStatisticsTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "city", Types.StringType.get()),
            Types.NestedField.optional(
                    3, "nested", Types.StructType.of(Types.NestedField.optional(4, "x", Types.LongType.get()))));
    private static final IngestOptions SKETCHED = IngestOptions.defaults().withSketches(true);

    @TempDir
    Path folder;

    @Test
    void sketchesCountTheDistinctValuesOfTopLevelColumns() {
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);

            IngestReceipt receipt = Ingest.into(table, SKETCHED).appendMaps(rows(0, 100));

            assertThat(distinct(table, receipt)).isEqualTo(Map.of(1, 100L, 2, 7L));
        }
    }

    @Test
    void sketchesOfAnAppendAreUnitedWithThoseOfItsParent() {
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
            Ingest.into(table, SKETCHED).appendMaps(rows(0, 30_000));

            IngestReceipt receipt = Ingest.into(table, SKETCHED).appendMaps(rows(20_000, 30_000));

            assertThat((double) distinct(table, receipt).get(1)).isCloseTo(50_000, Percentage.withPercentage(6));
            assertThat(distinct(table, receipt).get(2)).isEqualTo(7);
        }
    }

    @Test
    void anUpsertKeepsCountingOnTopOfItsParent() {
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
            Ingest.into(table, SKETCHED).appendMaps(rows(0, 100));

            IngestReceipt receipt = Ingest.into(table, SKETCHED).upsertMaps(rows(90, 20), List.of("id"));

            assertThat(distinct(table, receipt).get(1)).isEqualTo(110);
        }
    }

    @Test
    void rowsThatNobodySketchedLeaveTheTableWithoutSketches() {
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
            Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 100));

            IngestReceipt receipt = Ingest.into(table, SKETCHED).appendMaps(rows(100, 100));

            assertThat(receipt.rowsAdded()).isEqualTo(100);
            assertThat(table.statisticsFiles()).isEmpty();
        }
    }

    @Test
    void partitionStatisticsFollowEveryCommit() throws Exception {
        try (TestCatalog catalog = new TestCatalog(folder)) {
            PartitionSpec byCity =
                    PartitionSpec.builderFor(SCHEMA).identity("city").build();
            Table table = catalog.create("t", SCHEMA, byCity, 3);
            table.updateProperties()
                    .set(TableStatistics.PARTITION_STATISTICS_PROPERTY, "true")
                    .commit();
            Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 70));

            Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(70, 7));

            table.refresh();
            assertThat(table.partitionStatisticsFiles()).hasSize(2);
            List<Long> counts = new ArrayList<>();
            try (CloseableIterable<PartitionStatistics> partitions =
                    table.newPartitionStatisticsScan().scan()) {
                partitions.forEach(partition -> counts.add(partition.dataRecordCount()));
            }
            assertThat(counts).hasSize(7).containsOnly(11L);
        }
    }

    @Test
    void aFailureOfStatisticsDoesNotReachTheCaller() {
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
            IngestReceipt receipt = Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 10));

            // The snapshot does not exist, as if it had been expired meanwhile.
            TableStatistics.write(
                    table, receipt.snapshotId().getAsLong() + 1, java.util.Optional.of(new ColumnSketches(SCHEMA)));

            assertThat(table.statisticsFiles()).isEmpty();
        }
    }

    private static List<Map<String, Object>> rows(int first, int count) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            rows.add(Map.of("id", (long) i, "city", "city-" + i % 7));
        }
        return rows;
    }

    private static Map<Integer, Long> distinct(Table table, IngestReceipt receipt) {
        table.refresh();
        StatisticsFile file = table.statisticsFiles().stream()
                .filter(candidate ->
                        candidate.snapshotId() == receipt.snapshotId().getAsLong())
                .findFirst()
                .orElseThrow();
        Map<Integer, Long> distinct = new TreeMap<>();
        file.blobMetadata()
                .forEach(blob -> distinct.put(
                        blob.fields().get(0), Long.parseLong(blob.properties().get("ndv"))));
        return distinct;
    }
}
