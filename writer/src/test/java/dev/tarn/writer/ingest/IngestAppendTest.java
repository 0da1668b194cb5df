package dev.tarn.writer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.ProducerToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestAppendTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "day", Types.DateType.get()),
            Types.NestedField.optional(3, "name", Types.StringType.get()));

    @TempDir
    Path folder;

    private TestCatalog catalog;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void appendedRowsAreReadBack() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);

        IngestReceipt receipt = Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 3));

        assertThat(receipt.rowsAdded()).isEqualTo(3);
        assertThat(receipt.dataFilesAdded()).isEqualTo(1);
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"))
                .containsExactly(0L, 1L, 2L);
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("name"))
                .containsExactly("name-0", null, "name-2");
    }

    @Test
    void rowsAreSplitByHiddenPartition() throws Exception {
        PartitionSpec spec = PartitionSpec.builderFor(SCHEMA)
                .month("day")
                .bucket("id", 2)
                .truncate("name", 2)
                .build();
        Table table = catalog.create("t", SCHEMA, spec, 3);

        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 100));

        assertThat(TestCatalog.rows(table)).hasSize(100);
        assertThat(partitions(table)).hasSizeGreaterThan(4).doesNotHaveDuplicates();
    }

    @Test
    void filesAreRolledAtTheTargetSize() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);

        IngestReceipt receipt = Ingest.into(table, IngestOptions.defaults().withTargetFileSize(new DataSize(20_000)))
                .appendMaps(rows(0, 50_000));

        assertThat(receipt.dataFilesAdded()).isGreaterThan(2);
        assertThat(TestCatalog.rows(table)).hasSize(50_000);
    }

    @Test
    void aTokenCommitsOnce() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest once = Ingest.into(table, IngestOptions.defaults().withToken(new ProducerToken("p", 1, 7)));

        IngestReceipt first = once.appendMaps(rows(0, 3));
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(3, 4));
        IngestReceipt second = once.appendMaps(rows(0, 3));

        assertThat(first.alreadyCommitted()).isFalse();
        assertThat(second.alreadyCommitted()).isTrue();
        assertThat(TestCatalog.rows(table)).hasSize(4);
        assertThat(table.currentSnapshot().summary()).containsEntry("tarn.ingest.p", "1:7");
    }

    @Test
    void aStaleEpochIsRefused() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest.into(table, IngestOptions.defaults().withToken(new ProducerToken("p", 2, 0)))
                .appendMaps(rows(0, 1));

        assertThatThrownBy(() -> Ingest.into(table, IngestOptions.defaults().withToken(new ProducerToken("p", 1, 9)))
                        .appendMaps(rows(0, 1)))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
    }

    @Test
    void anUnfitValueIsRefusedByNameAndLeavesNoFile() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);

        assertThatThrownBy(() -> Ingest.into(table, IngestOptions.defaults())
                        .appendMaps(List.of(Map.of("id", 1L), Map.of("name", "no id"))))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("'id' is required");

        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
                    .isEmpty();
        }
        table.refresh();
        assertThat(table.currentSnapshot()).isNull();
    }

    static List<Map<String, Object>> rows(int from, int to) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            LocalDate day = LocalDate.of(2024, 1, 1).plusDays(i % 90);
            rows.add(
                    i % 3 == 1
                            ? Map.of("id", (long) i, "day", day)
                            : Map.of("id", (long) i, "day", day, "name", "name-" + i));
        }
        return rows;
    }

    private static List<String> partitions(Table table) throws Exception {
        List<String> partitions = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(task -> partitions.add(task.file().partition().toString()));
        }
        return partitions;
    }
}
