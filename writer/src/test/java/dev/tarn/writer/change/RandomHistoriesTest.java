package dev.tarn.writer.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.files.FileLimits;
import dev.tarn.writer.files.PartitionedFileWriter;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DeleteFileSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories of all calls end like a map, whatever the format version, the way of deleting and the layout. */
class RandomHistoriesTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "region", Types.StringType.get()),
            Types.NestedField.required(2, "id", Types.LongType.get()),
            Types.NestedField.optional(3, "v", Types.StringType.get()));
    private static final List<String> KEYS = List.of("region", "id");
    private static final int CALLS = Integer.getInteger("tarn.history.calls", 9);

    private enum Layout {
        PLAIN,
        BY_REGION,
        BY_BUCKET
    }

    @TempDir
    Path folder;

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Layout layout : Layout.values()) {
            cases.add(Arguments.of(1, RowDeletes.COPY_ON_WRITE, layout, false));
            for (int version = 2; version <= 3; version++) {
                for (RowDeletes way : RowDeletes.values()) {
                    cases.add(Arguments.of(version, way, layout, false));
                }
                cases.add(Arguments.of(version, RowDeletes.POSITIONS, layout, true));
            }
            cases.add(Arguments.of(3, RowDeletes.COPY_ON_WRITE, layout, true));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "version {0}, {1}, {2}, index {3}")
    @MethodSource("cases")
    void endLikeAMap(int version, RowDeletes way, Layout layout, boolean indexed) throws Exception {
        history(version, List.of(way), layout, indexed);
    }

    @ParameterizedTest(name = "version {0}, {1}, index {2}")
    @CsvSource({"2, PLAIN, false", "2, BY_BUCKET, true", "3, PLAIN, false", "3, BY_BUCKET, true", "3, BY_REGION, false"
    })
    void endLikeAMapWhenEveryCallDeletesInAnotherWay(int version, Layout layout, boolean indexed) throws Exception {
        history(version, List.of(RowDeletes.values()), layout, indexed);
    }

    private void history(int version, List<RowDeletes> way, Layout layout, boolean indexed) throws Exception {
        long seed = Long.getLong("tarn.seed", System.nanoTime());
        System.out.printf(
                "history of version %d, %s, %s, index %s: -Dtarn.seed=%d%n", version, way, layout, indexed, seed);
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", SCHEMA, spec(layout), version);
            IngestOptions options = IngestOptions.defaults();
            if (indexed) {
                options = options.withKeyIndex(folder.resolve("index"));
            }
            History history = new History(table, options, way, new Random(seed));
            for (int call = 0; call < CALLS; call++) {
                history.step(call);
                Table read = catalog.load("t");
                List<Record> rows = TestCatalog.rows(read);
                assertThat(byKey(rows))
                        .as("seed %d, after %s", seed, history.log)
                        .isEqualTo(history.expected);
                assertThat(rows).as("seed %d, after %s", seed, history.log).hasSize(history.expected.size());
                assertOneVectorForEachFile(read, version);
            }
        }
    }

    private static final class History {
        private final Table table;
        private final List<RowDeletes> ways;
        private final Random random;
        private IngestOptions options;
        private final Map<String, String> expected = new TreeMap<>();
        private final List<String> log = new ArrayList<>();

        History(Table table, IngestOptions options, List<RowDeletes> ways, Random random) {
            this.table = table;
            this.ways = ways;
            this.options = options;
            this.random = random;
        }

        void step(int call) throws IOException {
            options = options.withRowDeletes(ways.get(random.nextInt(ways.size())));
            log.add(options.rowDeletes() + ":");
            int kind = random.nextInt(10);
            if (call == 0 || kind < 3) {
                upsert(call);
            } else if (kind < 5) {
                merge(call);
            } else if (kind == 5) {
                append(call);
            } else if (kind == 6) {
                deleteWhere();
            } else if (kind == 7) {
                replaceWhere(call);
            } else if (kind == 8) {
                rewriteAll();
            } else {
                changeSpec();
            }
        }

        private void upsert(int call) {
            log.add("upsert");
            List<Map<String, Object>> rows = rows(call);
            Ingest.into(table, options).upsertMaps(rows, KEYS);
            rows.forEach(row -> expected.put(key(row), (String) row.get("v")));
        }

        private void merge(int call) {
            log.add("merge");
            List<ChangeEvent> events = new ArrayList<>();
            for (Map<String, Object> row : rows(call)) {
                if (random.nextInt(3) == 0) {
                    events.add(ChangeEvent.delete(Map.of("region", row.get("region"), "id", row.get("id"))));
                    expected.remove(key(row));
                } else {
                    events.add(random.nextBoolean() ? ChangeEvent.insert(row) : ChangeEvent.update(row));
                    expected.put(key(row), (String) row.get("v"));
                }
            }
            Ingest.into(table, options).mergeEvents(events, MergeOptions.byKey(KEYS));
        }

        private void append(int call) {
            log.add("append");
            Map<String, Map<String, Object>> fresh = new HashMap<>();
            for (Map<String, Object> row : rows(call)) {
                if (!expected.containsKey(key(row))) {
                    fresh.put(key(row), row);
                }
            }
            Ingest.into(table, options).appendMaps(fresh.values());
            fresh.forEach((key, row) -> expected.put(key, (String) row.get("v")));
        }

        private void deleteWhere() {
            long from = random.nextInt(30);
            log.add("delete " + from);
            RowDeletes way = options.rowDeletes() == RowDeletes.EQUALITY ? RowDeletes.POSITIONS : options.rowDeletes();
            Ingest.into(table, options.withRowDeletes(way))
                    .deleteWhere(Expressions.and(
                            Expressions.greaterThanOrEqual("id", from), Expressions.lessThan("id", from + 6)));
            expected.keySet().removeIf(key -> id(key) >= from && id(key) < from + 6);
        }

        private void replaceWhere(int call) {
            String region = region();
            log.add("replace " + region);
            Map<String, Map<String, Object>> rows = new HashMap<>();
            for (Map<String, Object> row : rows(call)) {
                if (row.get("region").equals(region)) {
                    rows.put(key(row), row);
                }
            }
            RowDeletes way = options.rowDeletes() == RowDeletes.EQUALITY ? RowDeletes.POSITIONS : options.rowDeletes();
            Ingest.into(table, options.withRowDeletes(way))
                    .overwriteMaps(rows.values(), Expressions.equal("region", region));
            expected.keySet().removeIf(key -> key.startsWith(region + "/"));
            rows.forEach((key, row) -> expected.put(key, (String) row.get("v")));
        }

        /** What a compaction by somebody else does. */
        private void rewriteAll() throws IOException {
            log.add("rewrite");
            table.refresh();
            Snapshot start = table.currentSnapshot();
            if (start == null) {
                return;
            }
            List<Record> rows = TestCatalog.rows(table);
            RewriteFiles rewrite = table.newRewrite().validateFromSnapshot(start.snapshotId());
            DeleteFileSet deletes = DeleteFileSet.create();
            try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
                for (FileScanTask task : tasks) {
                    rewrite.deleteFile(task.file().copyWithoutStats());
                    deletes.addAll(task.deletes());
                }
            }
            for (DeleteFile delete : deletes) {
                rewrite.deleteFile(delete);
            }
            try (RootAllocator allocator = new RootAllocator();
                    VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(table.schema()), allocator);
                    PartitionedFileWriter writer = new PartitionedFileWriter(table, FileLimits.of(table))) {
                RowTransposer transposer = new RowTransposer(table.schema(), batch);
                transposer.begin();
                rows.forEach(row -> transposer.add((name, position) -> row.getField(name)));
                transposer.end();
                writer.write(batch);
                writer.complete().forEach(rewrite::addFile);
            }
            if (!rows.isEmpty()) {
                rewrite.commit();
            }
        }

        private void changeSpec() {
            log.add("spec");
            table.refresh();
            if (table.spec().isUnpartitioned()) {
                table.updateSpec().addField(Expressions.bucket("id", 3)).commit();
            } else if (table.specs().size() < 3) {
                table.updateSpec()
                        .addField(
                                Expressions.truncate("region", 1 + table.specs().size()))
                        .commit();
            }
        }

        private List<Map<String, Object>> rows(int call) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                rows.add(Map.of("region", region(), "id", (long) random.nextInt(36), "v", "c" + call + "-" + i));
            }
            return rows;
        }

        private String region() {
            return List.of("north", "south", "east").get(random.nextInt(3));
        }

        private static String key(Map<String, Object> row) {
            return row.get("region") + "/" + row.get("id");
        }

        private static long id(String key) {
            return Long.parseLong(key.substring(key.indexOf('/') + 1));
        }
    }

    private static PartitionSpec spec(Layout layout) {
        return switch (layout) {
            case PLAIN -> PartitionSpec.unpartitioned();
            case BY_REGION ->
                PartitionSpec.builderFor(SCHEMA).identity("region").build();
            case BY_BUCKET -> PartitionSpec.builderFor(SCHEMA).bucket("id", 2).build();
        };
    }

    private static Map<String, String> byKey(List<Record> rows) {
        Map<String, String> values = new TreeMap<>();
        rows.forEach(row -> values.put(row.getField("region") + "/" + row.getField("id"), (String) row.getField("v")));
        return values;
    }

    private static void assertOneVectorForEachFile(Table table, int version) throws IOException {
        if (version < 3 || Optional.ofNullable(table.currentSnapshot()).isEmpty()) {
            return;
        }
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                assertThat(task.deletes().stream().filter(delete -> delete.referencedDataFile() != null))
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
    }
}
