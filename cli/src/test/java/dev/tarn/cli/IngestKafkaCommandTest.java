package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.common.SettingsReader;
import dev.tarn.testkit.kafka.KafkaBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the how-to page, from a real broker into tables of a server in this process. */
class IngestKafkaCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PAGE =
            Path.of(System.getProperty("tarn.root", "..")).resolve("docs/how-to/ingest-kafka.md");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    static Path folder;

    private static TarnServer server;
    private static KafkaBroker broker;
    private static Producer<byte[], byte[]> producer;

    @BeforeAll
    static void serve() throws Exception {
        broker = KafkaBroker.start(folder);
        server = TarnServer.start(TarnSettings.read(SettingsReader.of(
                Map.of("server.data", folder.resolve("data").toString(), "catalog.port", "0", "flight.port", "0"))));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<NewTopic> topics = new ArrayList<>();
            for (String topic : List.of("orders", "broken", "events", "payments", "ids")) {
                topics.add(new NewTopic(topic, 1, (short) 1));
            }
            admin.createTopics(topics).all().get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        server.drain(Duration.ofSeconds(10));
        server.close();
        broker.close();
    }

    @Test
    void everyCommandOfTheHowToPageDoesWhatThePageSays() throws Exception {
        send("orders", "{\"id\": 1, \"customer\": \"a\", \"total\": 1.50, \"placed\": \"2024-01-01T00:00:00Z\"}");
        send("broken", "{\"id\": \"x\"}");
        send("events", "{\"name\": \"click\", \"at\": {\"x\": 5}}");
        producer.send(new ProducerRecord<>("payments", new byte[] {0, 0, 0, 0, 1, 10}))
                .get();
        assertThat(tarn("table", "create", "shop.payments", "--schema", "amount long")
                        .exitCode())
                .isZero();
        HttpServer registry = registry();
        try {
            List<JsonNode> receipts =
                    runPage("http://127.0.0.1:" + registry.getAddress().getPort());

            assertThat(receipts)
                    .extracting(receipt -> receipt.path("records").asLong())
                    .containsExactly(1L, 1L, 1L, 1L);
            assertThat(receipts)
                    .extracting(receipt -> receipt.path("rows_added").asLong())
                    .containsExactly(1L, 0L, 1L, 1L);
            assertThat(receipts.get(1).path("dead_letters").asLong()).isEqualTo(1);
        } finally {
            registry.stop(0);
        }
        assertThat(sql("SELECT id, customer, total FROM shop.orders")).isEqualTo("id,customer,total\r\n1,a,1.50\r\n");
        assertThat(sql("SELECT topic, error_kind FROM shop.orders__dead_letters"))
                .isEqualTo("topic,error_kind\r\nbroken,WRONG_VALUE\r\n");
        assertThat(sql("SELECT name, kafka_offset FROM shop.events")).isEqualTo("name,kafka_offset\r\nclick,0\r\n");
        assertThat(sql("SELECT amount FROM shop.payments")).isEqualTo("amount\r\n5\r\n");
    }

    @Test
    void wrongFlagsAreNamedWithWhatWouldBeRight() {
        assertMessage("No broker is named", "--topic", "t", "--table", "a.b");
        assertMessage(
                "--from must be earliest",
                "--topic",
                "t",
                "--table",
                "a.b",
                "--bootstrap-servers",
                "x:1",
                "--from",
                "yesterday");
        assertMessage(
                "needs at least one --key",
                "--topic",
                "t",
                "--table",
                "a.b",
                "--bootstrap-servers",
                "x:1",
                "--mode",
                "upsert");
        assertMessage(
                "give --registry", "--topic", "t", "--table", "a.b", "--bootstrap-servers", "x:1", "--format", "avro");
        assertMessage(
                "'enable.auto.commit' cannot be set",
                "--topic",
                "t",
                "--table",
                "a.b",
                "--bootstrap-servers",
                "x:1",
                "--property",
                "enable.auto.commit=true");
        assertMessage(
                "--create makes a table without columns",
                "--topic",
                "t",
                "--table",
                "a.b",
                "--bootstrap-servers",
                "x:1",
                "--create");
        assertThat(tarn("ingest", "kafka", "--table", "a.b").exitCode()).isEqualTo(ExitCode.USAGE.number());
    }

    @Test
    void aTableThatDoesNotExistIsNamed() {
        Invocation wrong = tarn(
                "ingest",
                "kafka",
                "--topic",
                "orders",
                "--table",
                "nowhere.orders",
                "--bootstrap-servers",
                broker.bootstrapServers());

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(wrong.messages()).contains("nowhere");
    }

    @Test
    void aProcessThatIsToldToStopCommitsWhatItReadAndExitsWithZero() throws Exception {
        assertThat(tarn("table", "create", "stop.ids", "--schema", "id long").exitCode())
                .isZero();
        Path messages = folder.resolve("stopped.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "ingest",
                        "kafka",
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--topic",
                        "ids",
                        "--table",
                        "stop.ids",
                        "--commit-records",
                        "2")
                .redirectError(messages.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment());
        Process process = builder.start();
        try {
            for (int id = 0; id < 3; id++) {
                send("ids", "{\"id\": %d}".formatted(id));
            }
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> Files.readString(messages).contains(" commits, "));

            process.destroy();

            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(messages)).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(tarn(
                                "ingest",
                                "kafka",
                                "--bootstrap-servers",
                                broker.bootstrapServers(),
                                "--topic",
                                "ids",
                                "--table",
                                "stop.ids",
                                "--until-latest")
                        .exitCode())
                .isZero();
        assertThat(sql("SELECT id FROM stop.ids ORDER BY id")).isEqualTo("id\r\n0\r\n1\r\n2\r\n");
    }

    private static List<JsonNode> runPage(String registry) throws IOException {
        List<JsonNode> receipts = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (!line.startsWith("tarn ")) {
                continue;
            }
            List<String> words = new ArrayList<>();
            Matcher matcher = WORD.matcher(line.substring("tarn ".length())
                    .replace("localhost:9092", broker.bootstrapServers())
                    .replace("http://localhost:8081", registry));
            while (matcher.find()) {
                words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }
            boolean ingest = words.get(0).equals("ingest");
            if (ingest) {
                words.addAll(List.of("--output", "json"));
            }
            Invocation run = tarn(words.toArray(String[]::new));
            assertThat(run.exitCode()).as(line + "\n" + run.messages()).isZero();
            if (ingest) {
                receipts.add(JSON.readTree(run.text()).path(0));
            }
        }
        return receipts;
    }

    private static HttpServer registry() throws IOException {
        byte[] body = JSON.writeValueAsBytes(Map.of(
                "schema", "{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":\"amount\",\"type\":\"long\"}]}"));
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/schemas/ids/1", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        registry.start();
        return registry;
    }

    private static void send(String topic, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)))
                .get();
    }

    private static void assertMessage(String expected, String... flags) {
        List<String> words = new ArrayList<>(List.of("ingest", "kafka"));
        words.addAll(List.of(flags));
        Invocation wrong = tarn(words.toArray(String[]::new));

        assertThat(wrong.exitCode()).as(wrong.messages()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(wrong.messages()).contains(expected);
    }

    private static String sql(String statement) {
        Invocation answer = tarn("sql", statement, "--output", "csv");
        assertThat(answer.exitCode()).as(answer.messages()).isZero();
        return answer.text();
    }

    private static Invocation tarn(String... args) {
        return Invocation.of(environment(), args);
    }

    private static Map<String, String> environment() {
        return Map.of(
                "TARN_CLIENT_CATALOG_URI", server.catalogUri().toString(),
                "TARN_CLIENT_FLIGHT_URI", server.flightUri().toString(),
                "TARN_SERVER_DATA", folder.resolve("client").toString());
    }
}
