package dev.tarn.writer.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.DataSize;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyIndexTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "v", Types.StringType.get()));
    private static final List<String> KEY = List.of("id");

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;
    private Path indexFolder;
    private IngestOptions indexed;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
        table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        indexFolder = folder.resolve("index");
        indexed = IngestOptions.defaults().withKeyIndex(indexFolder);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void theIndexFollowsItsOwnCommitsWithoutReadingFiles() throws Exception {
        upsert(0, 100, "a");
        upsert(50, 150, "b");
        upsert(0, 10, "c");

        try (KeyIndex index = open()) {
            assertThat(index.isAt(snapshot())).isTrue();
            assertThat(index.entries()).isBetween(150L, 210L);
        }
        assertThat(values())
                .hasSize(150)
                .containsEntry(5L, "c")
                .containsEntry(20L, "a")
                .containsEntry(120L, "b");
    }

    @Test
    void theIndexFollowsChangesByOthers() {
        upsert(0, 100, "a");
        Ingest others = Ingest.into(catalog.load("t"), IngestOptions.defaults());
        others.appendMaps(rows(100, 200, "b"));
        others.deleteWhere(Expressions.lessThan("id", 10L));
        others.appendMaps(rows(0, 5, "again"));

        IngestReceipt receipt = upsert(0, 120, "c");

        assertThat(receipt.rowsDeleted()).isEqualTo(90 + 20 + 5);
        assertThat(values())
                .hasSize(200)
                .containsEntry(0L, "c")
                .containsEntry(119L, "c")
                .containsEntry(150L, "b");
        assertThat(TestCatalog.rows(table)).hasSize(200);
    }

    @Test
    void rowsWithOneKeyAreAllReplaced() {
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 50, "a"));
        for (int i = 0; i < 4; i++) {
            Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(7, 8, "same"));
        }

        IngestReceipt receipt = upsert(7, 8, "one");

        assertThat(receipt.rowsDeleted()).isEqualTo(5);
        assertThat(TestCatalog.rows(table)).hasSize(50);
    }

    @Test
    void aRolledBackTableIsIndexedAnew() {
        upsert(0, 50, "a");
        long old = snapshot().snapshotId();
        upsert(0, 50, "b");
        table.manageSnapshots().rollbackTo(old).commit();

        IngestReceipt receipt = upsert(0, 20, "c");

        assertThat(receipt.rowsDeleted()).isEqualTo(20);
        assertThat(values()).hasSize(50).containsEntry(3L, "c").containsEntry(40L, "a");
    }

    @Test
    void damageAnywhereInTheIndexIsNoticedAndRepaired() throws Exception {
        long seed = System.nanoTime();
        System.out.println("damageAnywhereInTheIndexIsNoticedAndRepaired seed " + seed);
        Random random = new Random(seed);
        upsert(0, 2_000, "start");
        Map<Long, String> expected = new HashMap<>();
        LongStream.range(0, 2_000).forEach(id -> expected.put(id, "start"));
        for (int round = 0; round < 8; round++) {
            damage(random);
            int from = random.nextInt(2_000);
            String value = "round-" + round;
            upsert(from, from + 100, value);
            LongStream.range(from, from + 100).forEach(id -> expected.put(id, value));

            assertThat(values()).as("seed %d, round %d", seed, round).isEqualTo(expected);
            assertThat(TestCatalog.rows(table))
                    .as("seed %d, round %d", seed, round)
                    .hasSize(expected.size());
        }
    }

    @Test
    void theIndexOfAnotherTableIsNotTrusted() throws Exception {
        upsert(0, 100, "a");
        Table other = catalog.create("other", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest.into(other, indexed).upsertMaps(rows(0, 30, "x"), KEY);
        List<Path> manifests = find(IndexManifest.NAME);
        assertThat(manifests).hasSize(2);
        Path mine =
                manifests.get(manifests.get(0).toString().contains(table.uuid().toString()) ? 0 : 1);
        Path foreign = manifests.get(manifests.indexOf(mine) == 0 ? 1 : 0);
        Files.write(mine, Files.readAllBytes(foreign));

        IngestReceipt receipt = upsert(0, 100, "b");

        assertThat(receipt.rowsDeleted()).isEqualTo(100);
        assertThat(TestCatalog.rows(table)).hasSize(100);
    }

    @Test
    void aCallGoesOnWithoutTheIndexWhenItsFolderCannotBeUsed() throws Exception {
        Files.writeString(indexFolder, "a file where the folder should be");
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 10, "a"));

        assertThat(upsert(0, 5, "b").rowsDeleted()).isEqualTo(5);
    }

    @Test
    void runsAreFewAndFilesThatAreGoneLeaveNoEntries() throws Exception {
        for (int i = 0; i < 17; i++) {
            upsert(i * 20, i * 20 + 40, "v" + i);
        }
        assertThat(find("run-").size()).isLessThanOrEqualTo(6);
        table.refresh();
        table.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit();

        upsert(0, 10, "new");

        try (KeyIndex index = open()) {
            assertThat(index.entries()).isLessThanOrEqualTo(20);
        }
        assertThat(TestCatalog.rows(table)).hasSize(10);
    }

    @Test
    void aSmallBudgetMakesManyRunsAndTheSameAnswer() throws Exception {
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 20_000, "a"));
        KeyColumns columns = KeyColumns.of(table, KEY);
        KeyHash hash = new KeyHash(columns);
        PendingKeys keys = new PendingKeys();
        for (long id = 100; id < 20_100; id += 100) {
            hash.begin();
            hash.putLong(id);
            hash.end();
            keys.findOrAdd(hash.high(), hash.low());
        }
        List<FileScanTask> tasks = new ArrayList<>();
        try (CloseableIterable<FileScanTask> planned = table.newScan().planFiles()) {
            planned.forEach(tasks::add);
        }

        List<Long> positions = new ArrayList<>();
        try (KeyIndex index = KeyIndex.open(indexFolder, table, "main", columns, new DataSize(1))
                .orElseThrow()) {
            index.follow(snapshot(), tasks);
            index.find(keys, (location, position) -> positions.add(position));
            assertThat(index.entries()).isEqualTo(20_000);
        }

        assertThat(positions)
                .containsExactlyInAnyOrderElementsOf(LongStream.iterate(100, id -> id < 20_000, id -> id + 100)
                        .boxed()
                        .toList());
    }

    private void damage(Random random) throws IOException {
        List<Path> files = new ArrayList<>(find("run-"));
        files.addAll(find(IndexManifest.NAME));
        Path file = files.get(random.nextInt(files.size()));
        byte[] bytes = Files.readAllBytes(file);
        if (random.nextInt(4) == 0) {
            Files.write(file, java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        } else {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, bytes);
        }
    }

    private List<Path> find(String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(indexFolder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
                    .toList();
        }
    }

    private KeyIndex open() {
        return KeyIndex.open(indexFolder, table, "main", KeyColumns.of(table, KEY), DataSize.ofMegabytes(16))
                .orElseThrow();
    }

    private Snapshot snapshot() {
        table.refresh();
        return java.util.Objects.requireNonNull(table.currentSnapshot());
    }

    /** Each call loads the table anew, as a process does that was started again. */
    private IngestReceipt upsert(long from, long to, String value) {
        return Ingest.into(catalog.load("t"), indexed).upsertMaps(rows(from, to, value), KEY);
    }

    private static List<Map<String, Object>> rows(long from, long to, String value) {
        return LongStream.range(from, to)
                .mapToObj(id -> Map.<String, Object>of("id", id, "v", value))
                .toList();
    }

    private Map<Long, String> values() {
        Map<Long, String> values = new TreeMap<>();
        TestCatalog.rows(table).forEach(row -> values.put((Long) row.getField("id"), (String) row.getField("v")));
        return values;
    }
}
