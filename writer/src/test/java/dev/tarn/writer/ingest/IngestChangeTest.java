package dev.tarn.writer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.change.RowDeletes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestChangeTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "v", Types.StringType.get()),
            Types.NestedField.optional(3, "n", Types.IntegerType.get()));

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

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void upsertReplacesRowsByKey(int version) {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), version);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(row(1, "a", 1), row(2, "b", 2), row(3, "c", 3)));

        IngestReceipt receipt = ingest.upsertMaps(List.of(row(2, "B", 2), row(4, "d", 4)), List.of("id"));

        assertThat(receipt.rowsAdded()).isEqualTo(2);
        assertThat(receipt.rowsDeleted()).isEqualTo(1);
        assertThat(values(table)).isEqualTo(Map.of(1L, "a", 2L, "B", 3L, "c", 4L, "d"));
    }

    @Test
    void repeatedUpsertsKeepOneVectorForEachDataFile() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(row(1, "a", 1), row(2, "b", 2), row(3, "c", 3)));

        ingest.upsertMaps(List.of(row(1, "A", 1)), List.of("id"));
        ingest.upsertMaps(List.of(row(2, "B", 2)), List.of("id"));
        ingest.upsertMaps(List.of(row(1, "AA", 1)), List.of("id"));

        assertThat(values(table)).isEqualTo(Map.of(1L, "AA", 2L, "B", 3L, "c"));
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                assertThat(task.deletes()).hasSizeLessThanOrEqualTo(1);
                assertThat(task.deletes()).allMatch(delete -> delete.format() == FileFormat.PUFFIN);
            }
        }
    }

    @Test
    void theLastOfEqualKeysWins() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);

        IngestReceipt receipt = Ingest.into(table, IngestOptions.defaults())
                .upsertMaps(List.of(row(1, "first", 9), row(2, "x", 1), row(1, "last", 3)), List.of("id"));

        assertThat(receipt.rowsAdded()).isEqualTo(2);
        assertThat(values(table)).isEqualTo(Map.of(1L, "last", 2L, "x"));
    }

    @Test
    void theLargestSequenceWinsWhenThereIsASequenceColumn() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);

        Ingest.into(table, IngestOptions.defaults().withSequenceColumn("n"))
                .upsertMaps(List.of(row(1, "newest", 9), row(1, "old", 3)), List.of("id"));

        assertThat(values(table)).isEqualTo(Map.of(1L, "newest"));
    }

    @Test
    void equalKeysInDifferentBatchesLeaveOneRow() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            rows.add(row(i % 9_000, "round-" + i / 9_000, i));
        }

        IngestReceipt receipt = Ingest.into(table, IngestOptions.defaults()).upsertMaps(rows, List.of("id"));

        assertThat(receipt.rowsAdded()).isEqualTo(9_000);
        assertThat(values(table)).hasSize(9_000).containsEntry(0L, "round-2").containsEntry(8_999L, "round-1");
        assertThat(TestCatalog.rows(table)).hasSize(9_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void deletesByFilterTakeOnlyMatchingRows(int version) {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), version);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(row(1, "a", 1), row(2, "b", 2), row(3, "c", 3)));

        IngestReceipt receipt = ingest.deleteWhere(Expressions.equal("v", "b"));

        assertThat(receipt.rowsDeleted()).isEqualTo(1);
        assertThat(receipt.deleteFilesAdded()).isEqualTo(1);
        assertThat(values(table)).isEqualTo(Map.of(1L, "a", 3L, "c"));
    }

    @Test
    void aDeleteThatTakesWholeFilesWritesNoDeleteFile() {
        Table table = catalog.create(
                "t", SCHEMA, PartitionSpec.builderFor(SCHEMA).identity("n").build(), 3);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(row(1, "a", 1), row(2, "b", 2), row(3, "c", 2)));

        IngestReceipt receipt = ingest.deleteWhere(Expressions.equal("n", 2));

        assertThat(receipt.rowsDeleted()).isEqualTo(2);
        assertThat(receipt.deleteFilesAdded()).isZero();
        assertThat(values(table)).isEqualTo(Map.of(1L, "a"));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aFileThatIsWrittenAgainLeavesOutWhatEqualityDeletesOfOtherValuesHide(int version) {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), version);
        Ingest.into(table, IngestOptions.defaults())
                .appendMaps(List.of(row(1, "a", 1), row(2, "b", 2), row(9, "c", 3)));
        Ingest.into(table, IngestOptions.defaults().withRowDeletes(RowDeletes.EQUALITY))
                .upsertMaps(List.of(row(9, "newer", 3)), List.of("id"));
        Ingest copying = Ingest.into(table, IngestOptions.defaults().withRowDeletes(RowDeletes.COPY_ON_WRITE));

        copying.deleteWhere(Expressions.equal("id", 1L));
        copying.upsertMaps(List.of(row(2, "B", 2)), List.of("id"));

        assertThat(TestCatalog.rows(table)).hasSize(2);
        assertThat(values(table)).isEqualTo(Map.of(2L, "B", 9L, "newer"));
    }

    @Test
    void aDeleteWithoutMatchesMakesNoSnapshot() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(row(1, "a", 1)));

        assertThat(ingest.deleteWhere(Expressions.equal("id", 99L)).snapshotId())
                .isEmpty();
    }

    @Test
    void aNullKeyIsRefused() {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);

        assertThatThrownBy(() -> Ingest.into(table, IngestOptions.defaults())
                        .upsertMaps(List.of(Map.of("id", 1L)), List.of("v")))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("'v' is null");
    }

    @Test
    void randomChangesEndLikeAMap() {
        long seed = System.nanoTime();
        System.out.println("randomChangesEndLikeAMap seed " + seed);
        Random random = new Random(seed);
        Table table = catalog.create(
                "t", SCHEMA, PartitionSpec.builderFor(SCHEMA).bucket("n", 3).build(), 3);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        Map<Long, String> expected = new TreeMap<>();

        for (int round = 0; round < 12; round++) {
            if (random.nextInt(3) == 0) {
                long from = random.nextInt(40);
                ingest.deleteWhere(Expressions.and(
                        Expressions.greaterThanOrEqual("id", from), Expressions.lessThan("id", from + 7)));
                expected.keySet().removeIf(id -> id >= from && id < from + 7);
                continue;
            }
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                long id = random.nextInt(50);
                rows.add(row(id, "r" + round + "-" + i, random.nextInt(10)));
                expected.put(id, "r" + round + "-" + i);
            }
            ingest.upsertMaps(rows, List.of("id"));
        }

        assertThat(values(table)).as("seed %d", seed).isEqualTo(expected);
        assertThat(TestCatalog.rows(table)).as("seed %d", seed).hasSize(expected.size());
    }

    @Test
    void concurrentUpsertsOfOneKeyLeaveOneRow() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(List.of(row(1, "start", 0), row(2, "other", 0)));
        List<Thread> writers = new ArrayList<>();
        List<RuntimeException> failures = new CopyOnWriteArrayList<>();

        for (int i = 0; i < 3; i++) {
            String name = "writer-" + i;
            Table own = catalog.load("t");
            Thread writer = new Thread(() -> {
                try {
                    Ingest.into(own, IngestOptions.defaults()).upsertMaps(List.of(row(1, name, 1)), List.of("id"));
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            });
            writers.add(writer);
            writer.start();
        }
        for (Thread writer : writers) {
            writer.join();
        }

        assertThat(failures).isEmpty();
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    private static Map<String, Object> row(long id, String v, int n) {
        return Map.of("id", id, "v", v, "n", n);
    }

    private static Map<Long, String> values(Table table) {
        Map<Long, String> values = new TreeMap<>(Comparator.naturalOrder());
        TestCatalog.rows(table).forEach(row -> values.put((Long) row.getField("id"), (String) row.getField("v")));
        return values;
    }
}
