package dev.tarn.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.JsonDecoder;
import dev.tarn.kafka.rows.RecordField;
import dev.tarn.kafka.rows.RowRules;
import dev.tarn.kafka.rows.UnknownFields;
import dev.tarn.testkit.kafka.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics of a real broker into real tables. */
class KafkaIngestTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "name", Types.StringType.get()));

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
    void everyRecordOfEveryPartitionBecomesOneRow() {
        prepare("all", 3);
        sendIds("all", 3, 0, 3_000);

        KafkaIngestReceipt receipt = ingest("all", untilLatest());

        assertThat(receipt.records()).isEqualTo(3_000);
        assertThat(receipt.rowsAdded()).isEqualTo(3_000);
        assertThat(receipt.lag()).isZero();
        assertThat(ids("all")).containsExactlyElementsOf(range(0, 3_000));
    }

    @Test
    void theNextRunGoesOnWhereTheTableIsWhateverTheGroupCommitted() {
        prepare("resume", 2);
        sendIds("resume", 2, 0, 100);
        ingest("resume", untilLatest());
        sendIds("resume", 2, 100, 150);

        KafkaIngestReceipt second = ingest("resume", untilLatest());
        KafkaIngestReceipt third = ingest("resume", untilLatest());

        assertThat(second.records()).isEqualTo(50);
        assertThat(third.records()).isZero();
        assertThat(third.commits()).isZero();
        assertThat(ids("resume")).containsExactlyElementsOf(range(0, 150));
        assertThat(topics.committedOffset("group-resume", new TopicPartition("resume", 0)))
                .isEqualTo(75);
    }

    @Test
    void windowsAreCommittedByRecordsBytesAndAge() {
        prepare("windows", 1);
        sendIds("windows", 1, 0, 1_000);

        KafkaIngestReceipt byRecords =
                ingest("windows", untilLatest().withLimits(limits(100, 1 << 20, Duration.ofMinutes(1))));
        sendIds("windows", 1, 1_000, 2_000);
        KafkaIngestReceipt byBytes =
                ingest("windows", untilLatest().withLimits(limits(1_000_000, 5_000, Duration.ofMinutes(1))));

        assertThat(byRecords.commits()).isBetween(1L, 10L);
        assertThat(byBytes.commits()).isGreaterThan(1);
        assertThat(ids("windows")).containsExactlyElementsOf(range(0, 2_000));
    }

    @Test
    void aRunWithoutEndCommitsByAgeAndEndsWhenToldTo() {
        prepare("endless", 1);
        KafkaIngest run = KafkaIngest.into(
                lake.catalog(),
                TestLake.name("endless"),
                source("endless"),
                KafkaIngestOptions.defaults().withLimits(limits(1_000_000, 1 << 20, Duration.ofMillis(50))),
                new JsonDecoder());
        CompletableFuture<KafkaIngestReceipt> receipt =
                CompletableFuture.supplyAsync(() -> run.run(KafkaIngestListener.NONE));
        sendIds("endless", 1, 0, 10);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> lake.rows("endless").size() == 10);

        run.stop();

        assertThat(receipt.join().records()).isEqualTo(10);
    }

    @Test
    void aRunEndsAfterSomeRecordsOrWhenIdle() {
        prepare("ends", 1);
        sendIds("ends", 1, 0, 100);

        KafkaIngestReceipt some = ingest("ends", options(new EndOfRun(false, OptionalLong.of(30), Optional.empty())));
        KafkaIngestReceipt idle =
                ingest("ends", options(new EndOfRun(false, OptionalLong.empty(), Optional.of(Duration.ofSeconds(1)))));

        assertThat(some.records()).isEqualTo(30);
        assertThat(idle.records()).isEqualTo(70);
        assertThat(ids("ends")).containsExactlyElementsOf(range(0, 100));
    }

    @Test
    void aBadRecordStopsTheRunAfterWhatCameBeforeIt() {
        prepare("abort", 1);
        topics.send("abort", 0, "{\"id\": 0}");
        topics.send("abort", 0, "{\"id\": \"secret-value\"}");
        topics.send("abort", 0, "{\"id\": 2}");
        topics.flush();

        assertThatThrownBy(() -> ingest("abort", untilLatest()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("Record 1 of abort-0")
                .hasMessageContaining("Column 'id' expects a whole number of 64 bits")
                .hasMessageNotContaining("secret-value");
        assertThat(ids("abort")).containsExactly(0L);
    }

    @Test
    void badRecordsGoToTheDeadLetterTableOnce() {
        prepare("letters", 1);
        topics.send("letters", 0, "{\"id\": 0}");
        topics.send("letters", 0, "{\"id\": ");
        topics.send("letters", 0, "{\"id\": 1, \"other\": 5}");
        topics.send("letters", 0, "{\"name\": \"x\"}");
        topics.send("letters", 0, "k".getBytes(StandardCharsets.UTF_8), "[1]".getBytes(StandardCharsets.UTF_8));
        topics.send("letters", 0, "{\"id\": 9}");
        topics.flush();

        KafkaIngestReceipt receipt = ingest("letters", untilLatest().withBadRecords(BadRecords.DEAD_LETTER));
        ingest("letters", untilLatest().withBadRecords(BadRecords.DEAD_LETTER));

        assertThat(receipt.deadLetters()).isEqualTo(4);
        assertThat(ids("letters")).containsExactly(0L, 9L);
        List<Record> letters = lake.rows("letters__dead_letters");
        assertThat(letters)
                .extracting(letter -> letter.getField("offset"), letter -> letter.getField("error_kind"))
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(1L, "UNDECODABLE"),
                        org.assertj.core.groups.Tuple.tuple(2L, "UNKNOWN_FIELD"),
                        org.assertj.core.groups.Tuple.tuple(3L, "MISSING_VALUE"),
                        org.assertj.core.groups.Tuple.tuple(4L, "UNKNOWN_FIELD"));
    }

    @Test
    void skippedRecordsAreCounted() {
        prepare("skip", 1);
        topics.send("skip", 0, "no json");
        topics.send("skip", 0, null, null);
        topics.send("skip", 0, "{\"id\": 1}");
        topics.flush();

        KafkaIngestReceipt receipt = ingest("skip", untilLatest().withBadRecords(BadRecords.SKIP));

        assertThat(receipt.skipped()).isEqualTo(2);
        assertThat(receipt.records()).isEqualTo(3);
        assertThat(ids("skip")).containsExactly(1L);
    }

    @Test
    void newFieldsBecomeColumns() {
        prepare("evolve", 1);
        topics.send("evolve", 0, "{\"id\": 0}");
        topics.send("evolve", 0, "{\"id\": 1, \"tags\": [\"a\"], \"place\": {\"lat\": 1.5}, \"empty\": null}");
        topics.send("evolve", 0, "{\"id\": 2, \"place\": {\"lat\": 2, \"lon\": 3.25}}");
        topics.flush();

        KafkaIngestReceipt receipt =
                ingest("evolve", untilLatest().withRules(RowRules.strict().withUnknownFields(UnknownFields.EVOLVE)));

        assertThat(receipt.rowsAdded()).isEqualTo(3);
        Schema schema = lake.catalog().loadTable(TestLake.name("evolve")).schema();
        assertThat(schema.findType("tags.element")).isEqualTo(Types.StringType.get());
        assertThat(schema.findType("place.lon")).isEqualTo(Types.DoubleType.get());
        assertThat(schema.findField("empty")).isNull();
        Map<Long, Record> byId = new HashMap<>();
        lake.rows("evolve").forEach(row -> byId.put((Long) row.getField("id"), row));
        assertThat(((Record) byId.get(2L).getField("place")).getField("lon")).isEqualTo(3.25);
        assertThat(byId.get(0L).getField("place")).isNull();
    }

    @Test
    void originsOfRecordsGoToColumnsOfTheirOwn() {
        topics.create("origin", 1);
        lake.create(
                "origin",
                new Schema(
                        Types.NestedField.required(1, "id", Types.LongType.get()),
                        Types.NestedField.optional(2, "k_offset", Types.LongType.get()),
                        Types.NestedField.optional(3, "k_time", Types.TimestampType.withZone()),
                        Types.NestedField.optional(4, "k_key", Types.BinaryType.get())));
        topics.send("origin", 0, new byte[] {7}, "{\"id\": 5}".getBytes(StandardCharsets.UTF_8));
        topics.flush();
        RowRules rules = new RowRules(
                UnknownFields.REFUSE,
                Optional.empty(),
                Map.of(RecordField.OFFSET, "k_offset", RecordField.TIMESTAMP, "k_time", RecordField.KEY, "k_key"));

        ingest("origin", untilLatest().withRules(rules));

        Record row = lake.rows("origin").get(0);
        assertThat(row.getField("k_offset")).isEqualTo(0L);
        assertThat(row.getField("k_time")).isNotNull();
        assertThat(row.getField("k_key")).isEqualTo(java.nio.ByteBuffer.wrap(new byte[] {7}));
    }

    @Test
    void theLatestPositionIsKeptFromTheFirstRunOn() {
        prepare("latest", 1);
        sendIds("latest", 1, 0, 10);
        KafkaSource fromLatest = source("latest").withStart(StartPosition.LATEST);
        ingest(fromLatest, "latest", untilLatest());
        sendIds("latest", 1, 10, 15);

        ingest(fromLatest, "latest", untilLatest());

        assertThat(ids("latest")).containsExactlyElementsOf(range(10, 15));
    }

    @Test
    void aStartTimeLeavesOutWhatIsOlder() {
        prepare("time", 1);
        sendIds("time", 1, 0, 10);

        ingest(source("time").withStart(StartPosition.at(Instant.now().plusSeconds(3_600))), "time", untilLatest());

        assertThat(ids("time")).isEmpty();
    }

    @Test
    void deletedRecordsAreNamedAndSkippedOnlyIfAllowed() {
        prepare("gap", 1);
        sendIds("gap", 1, 0, 10);
        ingest("gap", untilLatest());
        sendIds("gap", 1, 10, 30);
        topics.deleteRecordsBefore(new TopicPartition("gap", 0), 20);

        assertThatThrownBy(() -> ingest("gap", untilLatest()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("Records 10 to 19 of gap-0 were deleted");
        ingest(source("gap").withLostRecords(LostRecords.SKIP), "gap", untilLatest());

        assertThat(ids("gap"))
                .containsExactlyElementsOf(LongStream.concat(LongStream.range(0, 10), LongStream.range(20, 30))
                        .boxed()
                        .toList());
    }

    @Test
    void aTopicThatWasMadeAnewIsNoticed() {
        prepare("anew", 1);
        sendIds("anew", 1, 0, 10);
        ingest("anew", untilLatest());
        topics.delete("anew");
        Awaitility.await().ignoreExceptions().until(() -> {
            topics.create("anew", 1);
            return true;
        });

        assertThatThrownBy(() -> ingest("anew", untilLatest()))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("it was made anew");
    }

    @Test
    void unknownTopicsAndPartitionsAreNamed() {
        prepare("known-topic", 1);

        assertThatThrownBy(() -> ingest(
                        KafkaSource.of(broker.bootstrapServers(), "known-topik", "g"), "known-topic", untilLatest()))
                .isInstanceOf(TarnException.class)
                .hasMessage("Topic 'known-topik' does not exist, did you mean 'known-topic'?");
        assertThatThrownBy(() -> ingest(source("known-topic").withPartitions(Set.of(3)), "known-topic", untilLatest()))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("has no partition 3");
    }

    @Test
    void expiringEverySnapshotButTheLastForgetsNoOffset() {
        prepare("expire", 1);
        sendIds("expire", 1, 0, 10);
        ingest("expire", untilLatest());
        Table table = lake.catalog().loadTable(TestLake.name("expire"));
        dev.tarn.writer.ingest.Ingest.into(table, dev.tarn.writer.ingest.IngestOptions.defaults())
                .appendMaps(List.of(Map.of("id", 99L)));
        long newest = table.currentSnapshot().snapshotId();
        for (Snapshot snapshot : List.copyOf((List<Snapshot>) table.snapshots())) {
            if (snapshot.snapshotId() != newest) {
                table.expireSnapshots().expireSnapshotId(snapshot.snapshotId()).commit();
            }
        }
        sendIds("expire", 1, 10, 20);

        ingest("expire", untilLatest());

        assertThat(ids("expire"))
                .containsExactlyElementsOf(LongStream.concat(LongStream.range(0, 20), LongStream.of(99))
                        .boxed()
                        .toList());
    }

    private static void prepare(String name, int partitions) {
        topics.create(name, partitions);
        lake.create(name, SCHEMA);
    }

    private static void sendIds(String topic, int partitions, long from, long to) {
        for (long id = from; id < to; id++) {
            topics.send(topic, (int) (id % partitions), "{\"id\": %d, \"name\": \"n%d\"}".formatted(id, id));
        }
        topics.flush();
    }

    private static KafkaSource source(String topic) {
        return KafkaSource.of(broker.bootstrapServers(), topic, "group-" + topic);
    }

    private static KafkaIngestOptions options(EndOfRun end) {
        return KafkaIngestOptions.defaults().withEnd(end);
    }

    private static KafkaIngestOptions untilLatest() {
        return options(EndOfRun.LATEST);
    }

    private static CommitLimits limits(long records, long bytes, Duration age) {
        return new CommitLimits(records, new DataSize(bytes), age);
    }

    private static KafkaIngestReceipt ingest(String name, KafkaIngestOptions options) {
        return ingest(source(name), name, options);
    }

    private static KafkaIngestReceipt ingest(KafkaSource source, String table, KafkaIngestOptions options) {
        return KafkaIngest.into(lake.catalog(), TestLake.name(table), source, options, new JsonDecoder())
                .run(KafkaIngestListener.NONE);
    }

    private static List<Long> ids(String table) {
        return lake.rows(table).stream()
                .map(row -> (Long) row.getField("id"))
                .sorted()
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
