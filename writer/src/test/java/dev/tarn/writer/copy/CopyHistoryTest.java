package dev.tarn.writer.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.commit.FilesLoadedException;
import dev.tarn.writer.commit.LoadHistory;
import dev.tarn.writer.commit.LoadedFiles;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.ingest.BatchSource;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyHistoryTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.optional(1, "id", Types.LongType.get()));

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
        table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        // Losers of a race commit again and again; the default gives up after 4 attempts.
        table.updateProperties()
                .set("commit.retry.num-retries", "20")
                .set("commit.retry.min-wait-ms", "5")
                .commit();
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void theHistoryOutlivesTheSnapshots() throws Exception {
        write("a.csv", 1);
        load("*.csv");
        write("b.csv", 2);
        load("*.csv");

        table.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit();
        expireAllButTheLast();

        CopyReceipt again = load("*.csv");
        assertThat(again.filesSkipped()).isEqualTo(2);
        assertThat(again.snapshotId()).isEmpty();
        assertThat(LoadHistory.loads(table)).hasSize(2).allSatisfy(load -> {
            assertThat(load.files()).isEqualTo(1);
            assertThat(load.snapshotId()).isEmpty();
            assertThat(load.sources()).endsWith("*.csv");
        });
    }

    @Test
    void theSameLoadManyTimesAtOnceLoadsOnce() throws Exception {
        for (int i = 0; i < 5; i++) {
            write("f" + i + ".csv", i);
        }
        int loaders = 4;
        ExecutorService threads = Executors.newFixedThreadPool(loaders);
        CyclicBarrier together = new CyclicBarrier(loaders);
        List<Future<CopyReceipt>> receipts = new ArrayList<>();
        for (int i = 0; i < loaders; i++) {
            Table own = catalog.load("t");
            receipts.add(threads.submit(() -> {
                together.await();
                return CopyInto.run(own, options("*.csv"), CopyProgress.NONE);
            }));
        }

        int filesLoaded = 0;
        for (Future<CopyReceipt> receipt : receipts) {
            filesLoaded += receipt.get().filesLoaded();
        }
        threads.shutdown();

        assertThat(filesLoaded).isEqualTo(5);
        assertThat(ids()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
        assertThat(Files.walk(folder.resolve("warehouse"))
                        .filter(file -> file.toString().endsWith(".parquet")))
                .as("losers delete their files")
                .hasSize(1);
    }

    @Test
    void loadsThatShareSomeFilesLoadEachOnce() throws Exception {
        for (int i = 0; i < 6; i++) {
            write("f" + i + ".csv", i);
        }
        ExecutorService threads = Executors.newFixedThreadPool(3);
        CyclicBarrier together = new CyclicBarrier(3);
        List<Future<CopyReceipt>> receipts = new ArrayList<>();
        for (String glob : List.of("f[0-3].csv", "f[2-5].csv", "f[1-4].csv")) {
            Table own = catalog.load("t");
            receipts.add(threads.submit(() -> {
                together.await();
                return CopyInto.run(own, options(glob), CopyProgress.NONE);
            }));
        }
        for (Future<CopyReceipt> receipt : receipts) {
            receipt.get();
        }
        threads.shutdown();

        assertThat(ids()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aChangedFileIsANewFile() throws Exception {
        write("a.csv", 1);
        load("a.csv");
        Files.writeString(folder.resolve("a.csv"), "id\n1\n2\n");

        assertThat(load("a.csv").filesLoaded()).isEqualTo(1);
    }

    @Test
    void aLoadThatWasRolledBackMayBeRepeated() throws Exception {
        write("a.csv", 1);
        long before = load("a.csv").snapshotId().orElseThrow();
        write("b.csv", 2);
        load("b.csv");
        table.manageSnapshots().rollbackTo(before).commit();

        assertThat(load("a.csv").filesSkipped()).isEqualTo(1);
        assertThat(load("b.csv").filesLoaded()).isEqualTo(1);
        assertThat(ids()).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void branchesRememberOnTheirOwnUntilTheyMeet() throws Exception {
        write("a.csv", 1);
        load("a.csv");
        table.manageSnapshots().createBranch("audit").commit();
        write("b.csv", 2);
        CopyOptions onBranch =
                options("*.csv").withIngest(IngestOptions.defaults().withBranch("audit"));

        assertThat(CopyInto.run(table, onBranch, CopyProgress.NONE).filesLoaded())
                .isEqualTo(1);
        assertThat(CopyInto.loadedAt(table, options("*.csv")).values().stream().filter(Optional::isPresent))
                .hasSize(1);
        table.manageSnapshots().fastForwardBranch("main", "audit").commit();

        assertThat(load("*.csv").filesSkipped()).isEqualTo(2);
    }

    @Test
    void loadedFilesArePurgedAndOthersStay() throws Exception {
        write("a.csv", 1);
        load("a.csv");
        write("b.csv", 2);

        CopyReceipt receipt =
                CopyInto.run(table, options("*.csv").withAfterwards(CopyOptions.Afterwards.PURGE), CopyProgress.NONE);

        assertThat(receipt.notPurged()).isEmpty();
        assertThat(folder.resolve("b.csv")).doesNotExist();
        assertThat(folder.resolve("a.csv")).exists();
    }

    @Test
    void filesOfAFailedLoadAreNeverPurged() throws Exception {
        write("a.csv", 1);
        Files.writeString(folder.resolve("b.csv"), "id\nx\n");

        assertThatThrownBy(() -> CopyInto.run(
                        table, options("*.csv").withAfterwards(CopyOptions.Afterwards.PURGE), CopyProgress.NONE))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("b.csv line 2");
        assertThat(folder.resolve("a.csv")).exists();
    }

    @Test
    void aTokenAndAHistoryGoIntoOneCommit() throws Exception {
        write("a.csv", 1);
        CopyOptions options =
                options("a.csv").withIngest(IngestOptions.defaults().withToken(new ProducerToken("nightly", 0, 1)));

        CopyReceipt first = CopyInto.run(table, options, CopyProgress.NONE);
        CopyReceipt forced = CopyInto.run(table, options.withMode(CopyMode.ALL_FILES), CopyProgress.NONE);

        assertThat(first.rowsLoaded()).isEqualTo(1);
        assertThat(forced.dataFilesAdded()).isZero();
        assertThat(load("a.csv").filesSkipped()).isEqualTo(1);
        assertThat(ids()).containsExactly(1L);
    }

    @Test
    void expiredLoadsAreFoldedAndForgetNothing() throws Exception {
        int loads = 80;
        for (int i = 0; i < loads; i++) {
            append(fingerprints(i, 1), i);
            if (i % 10 == 9) {
                expireAllButTheLast();
            }
        }

        table.refresh();
        assertThat(LoadHistory.loads(table)).hasSizeLessThan(60);
        assertThat(LoadHistory.loads(table).stream()
                        .mapToInt(LoadHistory.Load::files)
                        .sum())
                .isEqualTo(loads);
        for (int i = 0; i < loads; i++) {
            int load = i;
            assertThatThrownBy(() -> append(fingerprints(load, 1), load)).isInstanceOf(FilesLoadedException.class);
        }
    }

    @Test
    void aHundredThousandFilesAreRememberedAndThenTheOldestForgotten() throws Exception {
        append(fingerprints(0, 60_000), 1);
        append(fingerprints(60_000, 40_000), 2);
        assertThatThrownBy(() -> append(fingerprints(0, 1), 3)).isInstanceOf(FilesLoadedException.class);
        int bytes =
                table.properties().values().stream().mapToInt(String::length).sum();

        append(fingerprints(100_000, 1), 4);

        assertThat(bytes).isLessThan(1_200_000);
        table.refresh();
        assertThat(LoadHistory.loadedBefore(table, "main", fingerprints(0, 100_001)))
                .hasSize(40_001);
        assertThatThrownBy(() -> append(fingerprints(200_000, 100_001), 5))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
    }

    @Test
    void aHistoryThatCannotBeReadEndsTheLoad() throws Exception {
        write("a.csv", 1);
        table.updateProperties()
                .set(LoadHistory.PROPERTY_PREFIX + "x", "9;future")
                .commit();

        assertThatThrownBy(() -> load("a.csv"))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                .hasMessageContaining("tarn.loads.x");
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    private void append(Set<String> fingerprints, long id) {
        try (TableBatch batch = new TableBatch(SCHEMA)) {
            RowTransposer rows = new RowTransposer(SCHEMA, batch.root());
            rows.begin();
            rows.add((name, column) -> id);
            rows.end();
            Iterator<VectorSchemaRoot> batches = List.of(batch.root()).iterator();
            BatchSource source = new BatchSource() {
                @Override
                public org.apache.arrow.vector.types.pojo.Schema schema() {
                    return batch.root().getSchema();
                }

                @Override
                public VectorSchemaRoot next() {
                    return batches.hasNext() ? batches.next() : null;
                }
            };
            Ingest.into(table, IngestOptions.defaults()).append(source, new LoadedFiles(fingerprints, "test"));
        }
    }

    private static Set<String> fingerprints(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> HexFormat.of().toHexDigits((long) i))
                .collect(Collectors.toSet());
    }

    private void expireAllButTheLast() {
        table.refresh();
        table.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1)
                .retainLast(1)
                .commit();
        table.refresh();
        assertThat(table.snapshots()).hasSize(1);
    }

    private List<Object> ids() {
        return TestCatalog.rows(table).stream().map(row -> row.getField("id")).toList();
    }

    private void write(String name, long id) throws Exception {
        Files.writeString(folder.resolve(name), "id\n" + id + "\n");
    }

    private CopyOptions options(String glob) {
        return CopyOptions.of(List.of(folder.resolve(glob).toString()));
    }

    private CopyReceipt load(String glob) {
        return CopyInto.run(table, options(glob), CopyProgress.NONE);
    }
}
