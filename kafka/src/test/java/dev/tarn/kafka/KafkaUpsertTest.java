package dev.tarn.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.kafka.KafkaIngestOptions.Envelope;
import dev.tarn.kafka.decode.JsonDecoder;
import dev.tarn.kafka.decode.RecordDecoder;
import dev.tarn.kafka.decode.TextDecoder;
import dev.tarn.testkit.kafka.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that say what the rows of a table are now. */
class KafkaUpsertTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.StringType.get()),
            Types.NestedField.required(2, "n", Types.LongType.get()));

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
    void theTableIsWhatTheLastRecordOfEachKeySays() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        prepare("keyed");
        Map<String, Long> expected = new HashMap<>();
        for (int run = 0; run < 3; run++) {
            for (int i = 0; i < 300; i++) {
                String key = "k" + random.nextInt(40);
                if (random.nextInt(4) == 0) {
                    expected.remove(key);
                    send("keyed", key, null);
                } else {
                    expected.put(key, (long) i);
                    send("keyed", key, "{\"id\": \"%s\", \"n\": %d}".formatted(key, i));
                }
            }
            topics.flush();

            ingest("keyed", options(), new TextDecoder());

            assertThat(rows("keyed")).as("seed %d, run %d", seed, run).isEqualTo(expected);
        }
    }

    @Test
    void keyColumnsThatTheValueLacksComeFromTheKey() {
        prepare("fromkey");
        send("fromkey", "a", "{\"n\": 1}");
        send("fromkey", "a", "{\"n\": 2}");
        topics.flush();

        ingest("fromkey", options(), new TextDecoder());

        assertThat(rows("fromkey")).isEqualTo(Map.of("a", 2L));
    }

    @Test
    void changesOfDebeziumBecomeInsertsUpdatesAndDeletes() {
        prepare("debezium");
        send("debezium", "{\"id\": \"a\"}", "{\"op\": \"c\", \"after\": {\"id\": \"a\", \"n\": 1}}");
        send("debezium", "{\"id\": \"b\"}", "{\"op\": \"r\", \"after\": {\"id\": \"b\", \"n\": 1}}");
        send("debezium", "{\"id\": \"c\"}", "{\"op\": \"c\", \"after\": {\"id\": \"c\", \"n\": 1}}");
        send("debezium", "{\"id\": \"b\"}", "{\"op\": \"u\", \"before\": {}, \"after\": {\"id\": \"b\", \"n\": 5}}");
        send("debezium", "{\"id\": \"a\"}", "{\"op\": \"d\", \"before\": {\"id\": \"a\", \"n\": 1}, \"after\": null}");
        send("debezium", "{\"id\": \"a\"}", null);
        topics.flush();

        KafkaIngestReceipt receipt = ingest("debezium", options().withEnvelope(Envelope.DEBEZIUM), new JsonDecoder());

        assertThat(receipt.records()).isEqualTo(6);
        assertThat(rows("debezium")).isEqualTo(Map.of("b", 5L, "c", 1L));
    }

    @Test
    void recordsWithoutAKeyAreDeadLetters() {
        prepare("nokey");
        topics.send("nokey", 0, null, null);
        topics.send("nokey", 0, "{\"n\": 1}");
        send("nokey", "a", "{\"id\": \"a\", \"n\": 1}");
        topics.flush();

        KafkaIngestReceipt receipt =
                ingest("nokey", options().withBadRecords(BadRecords.DEAD_LETTER), new TextDecoder());

        assertThat(receipt.deadLetters()).isEqualTo(2);
        assertThat(lake.rows("nokey__dead_letters"))
                .extracting(letter -> letter.getField("error_kind"))
                .containsOnly("MISSING_VALUE");
        assertThat(rows("nokey")).isEqualTo(Map.of("a", 1L));
    }

    private static void prepare(String name) {
        topics.create(name, 1);
        lake.create(name, SCHEMA);
    }

    private static void send(String topic, String key, @Nullable String value) {
        topics.send(
                topic,
                0,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    private static KafkaIngestOptions options() {
        return KafkaIngestOptions.defaults().withKeyColumns(List.of("id")).withEnd(EndOfRun.LATEST);
    }

    private static KafkaIngestReceipt ingest(String name, KafkaIngestOptions options, RecordDecoder keys) {
        return KafkaIngest.into(
                        lake.catalog(),
                        TestLake.name(name),
                        KafkaSource.of(broker.bootstrapServers(), name, "g-" + name),
                        options,
                        new JsonDecoder())
                .withKeys(keys)
                .run(KafkaIngestListener.NONE);
    }

    private static Map<String, Long> rows(String name) {
        Map<String, Long> rows = new HashMap<>();
        lake.rows(name)
                .forEach(row -> assertThat(rows.put((String) row.getField("id"), (Long) row.getField("n")))
                        .isNull());
        return rows;
    }
}
