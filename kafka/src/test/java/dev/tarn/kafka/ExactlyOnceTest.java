package dev.tarn.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.DataSize;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.JsonDecoder;
import dev.tarn.testkit.kafka.KafkaBroker;
import dev.tarn.writer.commit.ProducerTokens;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens, each record is in the table once, each bad one in the dead-letter table once, and the tokens are the ends
 * of the partitions. {@code -Dtarn.faults=N} injects N faults instead of a few.
 */
class ExactlyOnceTest {
    private static final int FAULTS = Integer.getInteger("tarn.faults", 30);
    private static final int FAULTS_PER_LANE = 100;
    private static final int MAX_LANES = 8;
    private static final int PARTITIONS = 2;

    /** Every so many records one that is no JSON. */
    private static final int BAD_EVERY = 50;

    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    @TempDir
    static Path folder;

    private static KafkaBroker broker;
    private static TestTopics topics;
    private static TestLake lake;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start(folder);
        topics = new TestTopics(broker.bootstrapServers());
        lake = new TestLake(folder);
    }

    @AfterAll
    static void stop() {
        lake.close();
        topics.close();
        broker.close();
    }

    @Test
    void commitsThatFailInEveryWayLoseAndDoubleNothing() throws Exception {
        long seed = new Random().nextLong();
        // Tables of their own, as metadata grows with each commit.
        int lanes = Math.max(1, Math.min(MAX_LANES, FAULTS / FAULTS_PER_LANE));
        ExecutorService threads = Executors.newFixedThreadPool(3 * lanes);
        List<CompletableFuture<Integer>> injected = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            String name = "faulty" + lane;
            FaultyCatalog catalog = new FaultyCatalog(lake.catalog(), seed + lane, 4);
            prepare(name);
            injected.add(CompletableFuture.supplyAsync(
                    () -> injectFaults(catalog, name, FAULTS / lanes, "seed " + seed, threads), threads));
        }
        int faults = 0;
        for (CompletableFuture<Integer> lane : injected) {
            faults += lane.get(1, TimeUnit.HOURS);
        }
        threads.shutdown();

        assertThat(faults).isGreaterThanOrEqualTo(FAULTS / lanes * lanes);
        System.out.printf("%d faults injected, seed %d, %d lanes: 0 lost, 0 doubled%n", faults, seed, lanes);
    }

    private static int injectFaults(FaultyCatalog catalog, String name, int wanted, String seed, Executor threads) {
        AtomicBoolean enough = new AtomicBoolean();
        List<CompletableFuture<Void>> running = new ArrayList<>();
        // Both read all partitions, so each is a zombie to the other all the time.
        for (int instance = 0; instance < 2; instance++) {
            running.add(CompletableFuture.runAsync(() -> runAgainAndAgain(catalog, name, enough), threads));
        }
        long sent = 0;
        while (catalog.faults() < wanted) {
            sent = send(name, sent, sent + 100);
            long target = sent;
            Awaitility.await(seed)
                    .atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> tokens(name).equals(ends(target)));
        }
        enough.set(true);
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        assertOnce(name, sent, seed + ", " + catalog.faults() + " faults");
        return catalog.faults();
    }

    @Test
    void processesThatAreKilledLoseAndDoubleNothing() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        prepare("killed");
        int kills = Math.max(2, Math.min(200, FAULTS / 15));
        long sent = send("killed", 0, 500);
        for (int kill = 0; kill < kills; kill++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "--add-opens=java.base/java.nio=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            IngestProcess.class.getName(),
                            folder.toString(),
                            broker.bootstrapServers(),
                            "killed")
                    .redirectError(folder.resolve("killed.txt").toFile())
                    .start();
            try (BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8)) {
                // At work by then; where exactly is left to chance.
                assertThat(stdout.readLine()).as("seed %d", seed).isEqualTo("committed");
                sent = send("killed", sent, sent + 2_000);
                process.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        KafkaIngest.into(
                        lake.catalog(),
                        TestLake.name("killed"),
                        source("killed", "killed"),
                        options().withEnd(EndOfRun.LATEST),
                        new JsonDecoder())
                .run(KafkaIngestListener.NONE);

        assertOnce("killed", sent, "seed " + seed);
    }

    @Test
    void instancesThatComeAndGoShareThePartitionsAndLoseAndDoubleNothing() throws Exception {
        prepare("shared");
        ExecutorService threads = Executors.newCachedThreadPool();
        KafkaSource source = KafkaSource.of(broker.bootstrapServers(), "shared", "shared");
        List<KafkaIngest> instances = new ArrayList<>();
        List<CompletableFuture<KafkaIngestReceipt>> receipts = new ArrayList<>();
        long sent = 0;
        for (int step = 0; step < 4; step++) {
            KafkaIngest instance =
                    KafkaIngest.into(lake.catalog(), TestLake.name("shared"), source, options(), new JsonDecoder());
            instances.add(instance);
            receipts.add(CompletableFuture.supplyAsync(() -> instance.run(KafkaIngestListener.NONE), threads));
            sent = send("shared", sent, sent + 500);
            if (step > 1) {
                // The oldest leaves while its successor reads.
                instances.get(step - 2).stop();
            }
            long target = sent;
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> tokens("shared").equals(ends(target)));
        }
        instances.forEach(KafkaIngest::stop);
        long records = 0;
        for (CompletableFuture<KafkaIngestReceipt> receipt : receipts) {
            records += receipt.get(1, TimeUnit.MINUTES).records();
        }
        threads.shutdown();

        assertThat(records).isEqualTo(sent);
        assertOnce("shared", sent, "shared");
    }

    private static void runAgainAndAgain(FaultyCatalog catalog, String name, AtomicBoolean enough) {
        while (!enough.get()) {
            KafkaIngest ingest = KafkaIngest.into(
                    catalog,
                    TestLake.name(name),
                    source(name, name),
                    options().withEnd(new EndOfRun(false, OptionalLong.empty(), Optional.of(Duration.ofMillis(500)))),
                    new JsonDecoder());
            try {
                ingest.run(KafkaIngestListener.NONE);
            } catch (TarnException | IllegalStateException e) {
                // As after a crash, or after too many conflicts in a row: the next run begins where the table is.
                continue;
            }
        }
    }

    private static void prepare(String name) {
        topics.create(name, PARTITIONS);
        lake.create(name, SCHEMA);
    }

    private static long send(String topic, long from, long to) {
        for (long id = from; id < to; id++) {
            topics.send(
                    topic, (int) (id % PARTITIONS), id % BAD_EVERY == 7 ? "bad " + id : "{\"id\": %d}".formatted(id));
        }
        topics.flush();
        return to;
    }

    private static List<Long> ends(long sent) {
        return List.of((sent + 1) / PARTITIONS, sent / PARTITIONS);
    }

    private static List<Long> tokens(String name) {
        var tokens = ProducerTokens.of(lake.catalog().loadTable(TestLake.name(name)), "main");
        List<Long> offsets = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            var token = tokens.get(Positions.producer(name, new TopicPartition(name, partition)));
            offsets.add(token == null ? 0L : token.sequence());
        }
        return offsets;
    }

    private static void assertOnce(String name, long sent, String what) {
        List<Long> good = LongStream.range(0, sent)
                .filter(id -> id % BAD_EVERY != 7)
                .boxed()
                .toList();
        List<String> bad = LongStream.range(0, sent)
                .filter(id -> id % BAD_EVERY == 7)
                .mapToObj(id -> "bad " + id)
                .sorted()
                .toList();
        assertThat(tokens(name)).as(what).isEqualTo(ends(sent));
        assertThat(lake.rows(name).stream()
                        .map(row -> (Long) row.getField("id"))
                        .sorted()
                        .toList())
                .as(what)
                .isEqualTo(good);
        assertThat(lake.rows(name + "__dead_letters").stream()
                        .map(row -> StandardCharsets.UTF_8
                                .decode((java.nio.ByteBuffer) row.getField("value"))
                                .toString())
                        .sorted()
                        .toList())
                .as(what)
                .isEqualTo(bad);
    }

    private static KafkaSource source(String topic, String group) {
        return KafkaSource.of(broker.bootstrapServers(), topic, group).withPartitions(Set.of(0, 1));
    }

    private static KafkaIngestOptions options() {
        return KafkaIngestOptions.defaults()
                .withBadRecords(BadRecords.DEAD_LETTER)
                .withLimits(new CommitLimits(40, DataSize.ofMegabytes(1), Duration.ofMillis(50)));
    }
}
