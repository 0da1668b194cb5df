package dev.tarn.writer.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.ReplanException;
import dev.tarn.writer.commit.SnapshotCommit;
import dev.tarn.writer.files.FileLimits;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConcurrentChangesTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "v", Types.StringType.get()));
    private static final List<String> KEY = List.of("id");

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
    @EnumSource(RowDeletes.class)
    void writersOfTheSameKeysLeaveOneRowForEach(RowDeletes way) throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 30, "start"));
        IngestOptions options = IngestOptions.defaults().withRowDeletes(way).withKeyIndex(folder.resolve("index"));
        List<TarnException> failures = new CopyOnWriteArrayList<>();
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            Table own = catalog.load("t");
            String name = "w" + writer;
            Thread thread = new Thread(() -> {
                for (int round = 0; round < 3; round++) {
                    try {
                        Ingest.into(own, options).upsertMaps(rows(5, 25, name + "-" + round), KEY);
                    } catch (TarnException e) {
                        failures.add(e);
                    }
                }
            });
            writers.add(thread);
            thread.start();
        }
        for (Thread writer : writers) {
            writer.join();
        }

        // Whoever lost every attempt says so; what was acknowledged is whole and nothing is there twice.
        assertThat(failures).allMatch(e -> e.kind() == ErrorKind.CONFLICT).hasSizeLessThan(9);
        Map<Long, String> values = values(table);
        assertThat(TestCatalog.rows(table)).hasSize(30);
        assertThat(values.keySet()).hasSize(30);
        Set<String> changed =
                new HashSet<>(LongStream.range(5, 25).mapToObj(values::get).toList());
        assertThat(changed).as("all rows of the last upsert").hasSize(1);
        assertThat(unreferencedFiles(table)).isEmpty();
    }

    @Test
    void preparedChangesAreCommittedByOthersAndPlannedAnewAfterAConflict() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 10, "start"));
        Table committing = catalog.load("t");
        PreparedChanges changes = prepare(catalog.load("t"), rows(3, 6, "new"));
        boolean[] interfered = {false};

        CommitResult result = null;
        for (int attempt = 0; result == null && attempt < 3; attempt++) {
            committing.refresh();
            try {
                result = SnapshotCommit.run(
                        committing,
                        target -> {
                            var update = changes.update(target);
                            if (!interfered[0]) {
                                interfered[0] = true;
                                Ingest.into(catalog.load("t"), IngestOptions.defaults())
                                        .upsertMaps(rows(5, 7, "other"), KEY);
                            }
                            return update;
                        },
                        CommitRequest.plain());
            } catch (ReplanException e) {
                assertThat(attempt).isZero();
            }
        }
        changes.committed(Optional.ofNullable(result).orElseThrow().snapshotId());

        assertThat(values(table))
                .containsEntry(4L, "new")
                .containsEntry(5L, "new")
                .containsEntry(6L, "other");
        assertThat(TestCatalog.rows(table)).hasSize(10);
        assertThat(changes.rowsAdded()).isEqualTo(3);
        assertThat(unreferencedFiles(table)).isEmpty();
    }

    @Test
    void abortedChangesLeaveNoFile() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(0, 10, "start"));
        PreparedChanges changes = prepare(catalog.load("t"), rows(3, 6, "new"));

        changes.update(table);
        changes.abort();

        assertThat(unreferencedFiles(table)).isEmpty();
        assertThat(values(table)).containsEntry(4L, "start");
    }

    private static PreparedChanges prepare(Table table, List<Map<String, Object>> rows) {
        ChangeOptions options = new ChangeOptions(
                "main", RowDeletes.POSITIONS, Optional.empty(), Optional.empty(), FileLimits.of(table));
        try (RootAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator);
                KeyedChanges changes = new KeyedChanges(table, KEY, options)) {
            RowTransposer transposer = new RowTransposer(SCHEMA, batch);
            transposer.begin();
            rows.forEach(row -> transposer.add((name, position) -> row.get(name)));
            transposer.end();
            int[] all = java.util.stream.IntStream.range(0, rows.size()).toArray();
            changes.upsert(batch, all, all.length);
            return changes.complete();
        }
    }

    /** Data and delete files that no snapshot refers to. */
    private List<String> unreferencedFiles(Table table) throws IOException {
        table.refresh();
        Set<String> used = new HashSet<>();
        for (var snapshot : table.snapshots()) {
            try (CloseableIterable<FileScanTask> tasks =
                    table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
                for (FileScanTask task : tasks) {
                    used.add(nameOf(task.file().location()));
                    task.deletes().forEach(delete -> used.add(nameOf(delete.location())));
                }
            }
        }
        try (Stream<Path> files = Files.walk(folder.resolve("warehouse"))) {
            return files.map(file -> nameOf(file.toString()))
                    .filter(name -> name.endsWith(".parquet") || name.endsWith(".puffin"))
                    .filter(name -> !used.contains(name))
                    .toList();
        }
    }

    private static String nameOf(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }

    private static List<Map<String, Object>> rows(long from, long to, String value) {
        return LongStream.range(from, to)
                .mapToObj(id -> Map.<String, Object>of("id", id, "v", value))
                .toList();
    }

    private static Map<Long, String> values(Table table) {
        Map<Long, String> values = new TreeMap<>();
        TestCatalog.rows(table).forEach(row -> values.put((Long) row.getField("id"), (String) row.getField("v")));
        return values;
    }
}
