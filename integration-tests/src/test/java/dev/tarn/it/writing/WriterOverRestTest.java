package dev.tarn.it.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.CatalogOptions;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.storage.RestCatalogs;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import dev.tarn.testkit.http.Cut;
import dev.tarn.testkit.http.HttpMessage;
import dev.tarn.testkit.http.HttpProxy;
import dev.tarn.writer.audit.Audit;
import dev.tarn.writer.audit.AuditReport;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.CommitterOptions;
import dev.tarn.writer.commit.MultiTableCommit;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.ProducerTokens;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import dev.tarn.writer.session.FlushFailedException;
import dev.tarn.writer.session.IngestSession;
import dev.tarn.writer.session.SessionOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commits of the writer against the catalog server, over connections that break where a test wants. */
class WriterOverRestTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final TableIdentifier ORDERS = TableIdentifier.of("db", "orders");
    private static final TableIdentifier LINES = TableIdentifier.of("db", "lines");

    @TempDir
    Path folder;

    private final Closer closer = new Closer();
    private final Cuts cuts = new Cuts();
    private RESTCatalog catalog;

    /** Breaks connections by a function of the request. */
    private static final class Cuts implements HttpProxy.Watcher {
        private volatile Function<HttpMessage, Cut> rule = request -> Cut.NONE;

        @Override
        public Cut cut(HttpMessage request) {
            return rule.apply(request);
        }

        void firstPostTo(String end, Cut cut) {
            AtomicInteger seen = new AtomicInteger();
            rule = request ->
                    request.method().equals("POST") && request.path().endsWith(end) && seen.getAndIncrement() == 0
                            ? cut
                            : Cut.NONE;
        }
    }

    @BeforeEach
    void serve() {
        CatalogServer server = closer.register(CatalogServer.start(
                CatalogOptions.from(
                        SettingsReader.of(Map.of("catalog.port", "0")),
                        folder.resolve("data"),
                        WarehouseUri.parse(folder.resolve("warehouse").toString()),
                        S3Settings.DEFAULTS),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                List.of()));
        HttpProxy proxy = closer.register(HttpProxy.start(server::uri, cuts));
        catalog = closer.register(RestCatalogs.open(proxy.uri(), "", Map.of()));
        catalog.createNamespace(Namespace.of("db"));
        catalog.createTable(ORDERS, SCHEMA, PartitionSpec.unpartitioned(), Map.of("format-version", "3"));
        catalog.createTable(LINES, SCHEMA, PartitionSpec.unpartitioned(), Map.of("format-version", "3"));
    }

    @AfterEach
    void close() {
        closer.close();
    }

    @Test
    void severalTablesAreCommittedAtOnceAndOnlyOnce() {
        Map<TableIdentifier, CommitResult> first = both(1).run();
        Map<TableIdentifier, CommitResult> again = both(1).run();

        assertThat(first.values()).extracting(CommitResult::alreadyCommitted).containsOnly(false);
        assertThat(again.values()).extracting(CommitResult::alreadyCommitted).containsOnly(true);
        assertThat(snapshots(ORDERS)).isEqualTo(1);
        assertThat(snapshots(LINES)).isEqualTo(1);
        assertThat(ProducerTokens.of(catalog.loadTable(LINES), "main", "p")).contains(new ProducerToken("p", 0, 1));
    }

    @Test
    void whenOneTableRefusesNoneIsChanged() {
        MultiTableCommit commit = new MultiTableCommit(catalog)
                .add(ORDERS, append("a"), request(5))
                .add(LINES, append("b"), request(5));
        Ingest.into(catalog.loadTable(LINES), IngestOptions.defaults().withToken(new ProducerToken("p", 1, 0)))
                .appendMaps(List.of(Map.of("id", 1L)));

        assertThatThrownBy(commit::run)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                .hasMessageContaining("epoch 0 was replaced");
        assertThat(snapshots(ORDERS)).isZero();
    }

    @Test
    void aTableThatMovedMeanwhileIsPlannedAgainTogetherWithTheOthers() {
        AtomicInteger calls = new AtomicInteger();
        MultiTableCommit commit = new MultiTableCommit(catalog)
                .add(ORDERS, append("a"), request(1))
                .add(
                        LINES,
                        target -> {
                            if (calls.getAndIncrement() == 0) {
                                Ingest.into(catalog.loadTable(ORDERS), IngestOptions.defaults())
                                        .appendMaps(List.of(Map.of("id", 1L)));
                            }
                            return append("b").apply(target);
                        },
                        request(1));

        commit.run();

        assertThat(calls).hasValue(2);
        assertThat(snapshots(ORDERS)).isEqualTo(2);
        assertThat(snapshots(LINES)).isEqualTo(1);
    }

    @Test
    void aLostAnswerToACommitOfSeveralTablesIsFoundOut() {
        cuts.firstPostTo("/transactions/commit", Cut.BEFORE_RESPONSE);

        Map<TableIdentifier, CommitResult> results = both(1).run();

        assertThat(results.values()).extracting(CommitResult::alreadyCommitted).containsOnly(false);
        assertThat(snapshots(ORDERS)).isEqualTo(1);
        assertThat(snapshots(LINES)).isEqualTo(1);
    }

    @Test
    void anAuditPublishesOverTheProtocol() {
        ProducerToken token = new ProducerToken("nightly", 0, 1);
        Audit audit = Audit.open(catalog.loadTable(ORDERS), token, Duration.ofDays(1));
        Ingest.into(
                        catalog.loadTable(ORDERS),
                        IngestOptions.defaults().withBranch(audit.branch()).withToken(token))
                .appendMaps(List.of(Map.of("id", 7L)));
        Ingest.into(catalog.loadTable(ORDERS), IngestOptions.defaults()).appendMaps(List.of(Map.of("id", 8L)));

        AuditReport report = audit.publish(List.of((table, snapshot) -> List.of()));

        assertThat(report.ending()).isEqualTo(AuditReport.Ending.PUBLISHED);
        assertThat(ids(ORDERS)).containsExactlyInAnyOrder(7L, 8L);
    }

    @Test
    void aSessionSurvivesConnectionsThatBreakAnywhere() {
        long seed = System.nanoTime();
        System.out.println("aSessionSurvivesConnectionsThatBreakAnywhere seed " + seed);
        Random random = new Random(seed);
        AtomicInteger broken = new AtomicInteger();
        cuts.rule = request -> {
            synchronized (random) {
                if (random.nextInt(5) > 0) {
                    return Cut.NONE;
                }
                broken.incrementAndGet();
                return Cut.values()[random.nextInt(Cut.values().length)];
            }
        };
        SessionOptions options = SessionOptions.defaults()
                .withFlushRows(20)
                .withCommitter(
                        CommitterOptions.defaults().withInterval(Duration.ZERO).withDeadline(Duration.ofSeconds(20)));
        long rows = 0;
        while (rows < 300) {
            rows = offerAll(options, 300);
        }
        cuts.rule = request -> Cut.NONE;

        System.out.println(broken + " connections were broken");
        assertThat(broken).hasPositiveValue();
        assertThat(ids(ORDERS).stream().sorted().toList())
                .isEqualTo(LongStream.range(0, 300).boxed().toList());
    }

    /** Goes on where the table says, until something fails or all is there. Returns how far the table is. */
    private long offerAll(SessionOptions options, long rows) {
        List<CompletableFuture<IngestReceipt>> offers = new ArrayList<>();
        long next = 0;
        try (RootAllocator allocator = new RootAllocator();
                IngestSession session = IngestSession.open(catalog.loadTable(ORDERS), options)) {
            next = session.committed("p").map(ProducerToken::sequence).orElse(0L);
            while (next < rows) {
                try (VectorSchemaRoot batch = batch(allocator, next, 7, rows)) {
                    next += batch.getRowCount();
                    offers.add(session.offer(batch, List.of(new ProducerToken("p", 0, next))));
                }
            }
            session.flush();
        } catch (FlushFailedException e) {
            System.out.println("a flush failed: " + e.kind());
        } catch (RuntimeException e) {
            System.out.println("the session could not go on: " + e.getClass().getSimpleName());
        }
        boolean all = next >= rows
                && offers.stream().noneMatch(CompletableFuture::isCompletedExceptionally)
                && offers.stream().allMatch(CompletableFuture::isDone);
        return all ? rows : 0;
    }

    private static VectorSchemaRoot batch(RootAllocator allocator, long from, int count, long rows) {
        VectorSchemaRoot batch = VectorSchemaRoot.create(
                new org.apache.arrow.vector.types.pojo.Schema(
                        List.of(Field.nullable("id", new ArrowType.Int(64, true)))),
                allocator);
        batch.allocateNew();
        int size = (int) Math.min(count, rows - from);
        for (int i = 0; i < size; i++) {
            ((BigIntVector) batch.getVector("id")).setSafe(i, from + i);
        }
        batch.setRowCount(size);
        return batch;
    }

    private MultiTableCommit both(long sequence) {
        return new MultiTableCommit(catalog)
                .add(ORDERS, append("a"), request(sequence))
                .add(LINES, append("b"), request(sequence));
    }

    private static CommitRequest request(long sequence) {
        return new CommitRequest("main", Map.of(), List.of(new ProducerToken("p", 0, sequence)));
    }

    private static Function<Table, SnapshotUpdate<?>> append(String name) {
        return target -> {
            AppendFiles append = target.newAppend();
            append.appendFile(DataFiles.builder(PartitionSpec.unpartitioned())
                    .withPath(target.location() + "/data/" + name + ".parquet")
                    .withFormat(FileFormat.PARQUET)
                    .withFileSizeInBytes(10)
                    .withRecordCount(1)
                    .build());
            return append;
        };
    }

    private int snapshots(TableIdentifier table) {
        List<Long> ids = new ArrayList<>();
        catalog.loadTable(table).snapshots().forEach(snapshot -> ids.add(snapshot.snapshotId()));
        return ids.size();
    }

    private List<Long> ids(TableIdentifier table) {
        List<Long> ids = new ArrayList<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(catalog.loadTable(table)).build()) {
            rows.forEach(row -> ids.add((Long) row.getField("id")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return ids;
    }
}
