package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.planning.PlanningSettings;
import dev.tarn.common.DataSize;
import dev.tarn.common.Secret;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scan planning as seen on the wire. */
class PlanProtocolTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TableIdentifier NAME = TableIdentifier.of("db", "t");
    private static final String TABLE = "/v1/namespaces/db/tables/t";
    private static final String KEY = "a key of at least thirty-two bytes";
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "name", Types.StringType.get()));

    private Path folder;
    private RunningCatalog catalog;
    private RESTCatalog client;
    private Table table;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        open(settings(4, 200_000, Duration.ofMinutes(1)));
        client.createNamespace(Namespace.of("db"));
        table = client.createTable(NAME, SCHEMA);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    private void open(PlanningSettings settings) {
        catalog = RunningCatalog.with(
                RunningCatalog.options(folder, CatalogLimits.DEFAULTS).with(settings), store -> store);
        client = catalog.client();
    }

    /** Stops the server and starts another one over the same state. */
    private void restart(PlanningSettings settings) {
        catalog.close();
        open(settings);
        table = client.loadTable(NAME);
    }

    private static PlanningSettings settings(int tasksPerAnswer, int asyncThresholdFiles, Duration timeLimit) {
        return new PlanningSettings(
                DataSize.ofMegabytes(8),
                DataSize.ofMegabytes(16),
                asyncThresholdFiles,
                tasksPerAnswer,
                2,
                2,
                timeLimit,
                Duration.ofMinutes(10),
                Optional.of(Secret.of(KEY)));
    }

    @Test
    void aTableWithoutSnapshotsHasNoFiles() {
        JsonNode plan = plan("{}");

        assertThat(plan.path("status").asText()).isEqualTo("completed");
        assertThat(plan.path("file-scan-tasks").isArray()).isTrue();
        assertThat(plan.path("file-scan-tasks")).isEmpty();
        assertThat(plan.path("plan-id").asText()).isNotEmpty();
    }

    @Test
    void aSmallPlanIsAnsweredAtOnceWithoutStatisticsUnlessAskedFor() {
        append(0, 1);

        JsonNode file = plan("{}").at("/file-scan-tasks/0/data-file");
        assertThat(file.path("file-path").asText()).endsWith("/data/0.parquet");
        assertThat(file.has("lower-bounds")).isFalse();
        assertThat(file.has("value-counts")).isFalse();

        JsonNode withStats = plan("{\"stats-fields\":[\"id\"]}").at("/file-scan-tasks/0/data-file");
        assertThat(withStats.at("/lower-bounds/keys/0").asInt()).isEqualTo(1);
        assertThat(withStats.at("/lower-bounds/values/0").asText()).isEqualTo("0000000000000000");
        assertThat(withStats.path("value-counts").path("keys")).hasSize(1);
    }

    @Test
    void aLargePlanIsSplitIntoTasksThatTogetherHoldEveryFileOnce() {
        append(0, 5);
        append(5, 13);

        JsonNode plan = plan("{}");
        assertThat(plan.path("file-scan-tasks")).hasSize(4);
        assertThat(plan.path("plan-tasks")).hasSize(3);
        List<String> all = paths(plan);
        for (JsonNode task : plan.path("plan-tasks")) {
            all.addAll(paths(json(fetch(task.asText()), 200)));
        }

        assertThat(all).hasSize(13).doesNotHaveDuplicates();
    }

    @Test
    void anotherServerAnswersTasksAndIdsThatThisOneGave() {
        append(0, 9);
        JsonNode plan = plan("{\"filter\":{\"type\":\"lt\",\"term\":\"id\",\"value\":7}}");
        assertThat(plan.path("plan-tasks")).hasSize(1);

        restart(settings(4, 200_000, Duration.ofMinutes(1)));

        JsonNode rest = json(fetch(plan.at("/plan-tasks/0").asText()), 200);
        assertThat(paths(rest)).hasSize(3);
        assertThat(rest.at("/file-scan-tasks/0/residual-filter/type").asText()).isEqualTo("lt");
        JsonNode again = json(get(plan.path("plan-id").asText()), 200);
        assertThat(again.path("status").asText()).isEqualTo("completed");
        assertThat(paths(again)).isEqualTo(paths(plan));
    }

    @Test
    void aPlanStaysTheSameWhileTheTableChanges() {
        append(0, 9);
        JsonNode plan = plan("{\"filter\":{\"type\":\"not-null\",\"term\":\"id\"}}");
        append(9, 30);
        table.updateSchema().renameColumn("id", "number").commit();

        List<String> all = paths(plan);
        for (JsonNode task : plan.path("plan-tasks")) {
            all.addAll(paths(json(fetch(task.asText()), 200)));
        }

        assertThat(all).hasSize(9).doesNotHaveDuplicates();
    }

    @Test
    void aTaskOfAnExpiredSnapshotIsGone() {
        append(0, 9);
        String task = plan("{}").at("/plan-tasks/0").asText();
        append(9, 10);
        table.expireSnapshots()
                .expireSnapshotId(table.currentSnapshot().parentId())
                .cleanupLevel(ExpireSnapshots.CleanupLevel.NONE)
                .commit();

        assertThat(error(fetch(task), 404)).isEqualTo("NoSuchPlanTaskException");
    }

    @Test
    void aPlanThatMustDecodeMuchIsMadeInTheBackground() {
        append(0, 9);
        restart(settings(4, 0, Duration.ofMinutes(1)));

        JsonNode submitted = plan("{}");
        assertThat(submitted.path("status").asText()).isEqualTo("submitted");
        assertThat(submitted.has("file-scan-tasks")).isFalse();
        JsonNode done = Awaitility.await()
                .until(
                        () -> json(get(submitted.path("plan-id").asText()), 200),
                        result -> !result.path("status").asText().equals("submitted"));

        assertThat(done.path("status").asText()).isEqualTo("completed");
        assertThat(done.has("plan-id")).isFalse();
        assertThat(paths(done)).hasSize(4);
        assertThat(done.path("plan-tasks")).hasSize(2);
    }

    @Test
    void aPlanSubmittedToOneServerIsMadeByAnother() {
        append(0, 3);
        restart(settings(4, 0, Duration.ofMinutes(1)));
        String id = plan("{}").path("plan-id").asText();
        restart(settings(4, 0, Duration.ofMinutes(1)));

        JsonNode done = Awaitility.await()
                .until(
                        () -> json(get(id), 200),
                        result -> !result.path("status").asText().equals("submitted"));

        assertThat(paths(done)).hasSize(3);
    }

    @Test
    void aCancelledPlanSaysSo() {
        append(0, 3);
        restart(settings(4, 0, Duration.ofMinutes(1)));
        String id = plan("{}").path("plan-id").asText();

        assertThat(delete(id).statusCode()).isEqualTo(204);

        assertThat(json(get(id), 200).path("status").asText()).isEqualTo("cancelled");
        assertThat(delete(id).statusCode()).isEqualTo(204);
    }

    @Test
    void minRowsEndAPlanOnlyWhereEveryRowCounts() {
        append(0, 12);

        assertThat(paths(plan("{\"min-rows-requested\":15}"))).hasSize(2);
        assertThat(plan("{\"min-rows-requested\":15}").has("plan-tasks")).isFalse();
        JsonNode filtered =
                plan("{\"min-rows-requested\":15,\"filter\":{\"type\":\"lt\",\"term\":\"id\",\"value\":100}}");
        assertThat(filtered.path("plan-tasks")).hasSize(2);
    }

    @Test
    void anIncrementalPlanHoldsWhatWasAppendedAfterTheStart() {
        append(0, 2);
        long start = table.currentSnapshot().snapshotId();
        append(2, 3);
        table.newDelete().deleteFile(table.location() + "/data/0.parquet").commit();
        append(3, 5);
        long end = table.currentSnapshot().snapshotId();
        append(5, 6);

        JsonNode plan = plan("{\"start-snapshot-id\":%d,\"end-snapshot-id\":%d}".formatted(start, end));

        assertThat(paths(plan))
                .extracting(path -> path.replaceFirst(".*/", ""))
                .containsExactlyInAnyOrder("2.parquet", "3.parquet", "4.parquet");
        String backwards = "{\"start-snapshot-id\":%d,\"end-snapshot-id\":%d}".formatted(end, start);
        assertThat(post("/plan", backwards).body()).contains("is no ancestor of");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"snapshot-id\":17}|has no snapshot 17",
                "{\"snapshot-id\":\"x\"}|snapshot-id",
                "{\"start-snapshot-id\":1}|endSnapshotId",
                "{\"snapshot-id\":1,\"start-snapshot-id\":1,\"end-snapshot-id\":2}|cannot provide both",
                "{\"min-rows-requested\":-1}|negative",
                "{\"stats-fields\":[\"x\"]}|no column 'x'",
                "{\"filter\":{\"type\":\"eq\",\"term\":\"x\",\"value\":1}}|Cannot find field 'x'",
                "{\"filter\":{\"type\":\"eq\",\"term\":\"id\",\"value\":\"text\"}}|filter does not fit",
                "{\"filter\":{\"type\":\"nothing\",\"term\":\"id\",\"value\":1}}|request",
                "{\"filter\":null}|request",
                "{\"filter\":[]}|request",
                "[]|JSON object"
            })
    void mistakesAreNamed(String body, String message) {
        append(0, 1);
        HttpResponse<String> response = post("/plan", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains("BadRequestException").contains(message);
    }

    @Test
    void filtersBeyondTheLimitsAreRefused() {
        append(0, 1);
        String values = IntStream.range(0, 100_001).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String deep = "{\"type\":\"not\",\"child\":".repeat(250) + "true" + "}".repeat(250);
        StringBuilder wide = new StringBuilder("{\"type\":\"is-null\",\"term\":\"name\"}");
        for (int i = 0; i < 7; i++) {
            wide = new StringBuilder("{\"type\":\"or\",\"left\":" + wide + ",\"right\":" + wide + "}");
        }
        String predicate = wide.toString();
        StringBuilder many = new StringBuilder(predicate);
        for (int i = 0; i < 80; i++) {
            many.insert(0, "{\"type\":\"and\",\"left\":")
                    .append(",\"right\":")
                    .append(predicate)
                    .append('}');
        }

        assertThat(filter("{\"type\":\"in\",\"term\":\"id\",\"values\":[" + values + "]}")
                        .body())
                .contains("at most 100000 literals");
        assertThat(filter(deep).body()).contains("levels deep");
        assertThat(filter(many.toString()).body()).contains("at most 10000 predicates");
    }

    @Test
    void aFilterTooLargeForAPlanIdIsPlannedAtOnceAndSplit() {
        append(0, 9);
        restart(settings(4, 0, Duration.ofMinutes(1)));
        Random random = new Random(3);
        String values = IntStream.range(0, 20_000)
                .mapToObj(i -> Long.toString(random.nextLong()))
                .collect(Collectors.joining(","));

        JsonNode plan = json(filter("{\"type\":\"not-in\",\"term\":\"id\",\"values\":[" + values + "]}"), 200);

        assertThat(plan.path("status").asText()).isEqualTo("completed");
        assertThat(paths(json(fetch(plan.at("/plan-tasks/0").asText()), 200))).hasSize(4);
        assertThat(error(get(plan.path("plan-id").asText()), 404)).isEqualTo("NoSuchPlanIdException");
        assertThat(delete(plan.path("plan-id").asText()).statusCode()).isEqualTo(204);
    }

    @Test
    void mutatedTokensAreUnknownAndNeverAFault() {
        append(0, 9);
        JsonNode plan = plan("{}");
        String id = plan.path("plan-id").asText();
        String task = plan.at("/plan-tasks/0").asText();
        long seed = 5;
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            assertThat(error(get(mutated(id, random)), 404)).as("seed %d", seed).isEqualTo("NoSuchPlanIdException");
            assertThat(error(fetch(mutated(task, random)), 404)).isEqualTo("NoSuchPlanTaskException");
        }
        assertThat(error(delete(mutated(id, random)), 404)).isEqualTo("NoSuchPlanIdException");
        assertThat(error(get(task), 404)).isEqualTo("NoSuchPlanIdException");
        assertThat(error(fetch(id), 404)).isEqualTo("NoSuchPlanTaskException");
        assertThat(error(fetch(""), 404)).isEqualTo("NoSuchPlanTaskException");
        assertThat(post("/tasks", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aTokenOfOneTableIsUnknownToAnother() {
        append(0, 9);
        client.createTable(TableIdentifier.of("db", "other"), SCHEMA);
        JsonNode plan = plan("{}");

        String body =
                "{\"plan-task\":\"%s\"}".formatted(plan.at("/plan-tasks/0").asText());
        assertThat(error(catalog.send("POST", "/v1/namespaces/db/tables/other/tasks", body), 404))
                .isEqualTo("NoSuchPlanTaskException");
    }

    @Test
    void aMissingTableIsNamed() {
        assertThat(error(catalog.send("POST", "/v1/namespaces/db/tables/none/plan", "{}"), 404))
                .isEqualTo("NoSuchTableException");
    }

    @Test
    void filesOutsideOfTheWarehouseAreNotHandedOut() {
        table.newAppend()
                .appendFile(DataFiles.builder(table.spec())
                        .withPath("file:///etc/passwd.parquet")
                        .withFileSizeInBytes(1)
                        .withRecordCount(1)
                        .build())
                .commit();

        HttpResponse<String> response = post("/plan", "{}");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("/etc/passwd.parquet").contains("outside of the warehouse");

        restart(settings(4, 0, Duration.ofMinutes(1)));
        String id = plan("{}").path("plan-id").asText();
        JsonNode failed = Awaitility.await()
                .until(
                        () -> json(get(id), 200),
                        result -> !result.path("status").asText().equals("submitted"));
        assertThat(failed.path("status").asText()).isEqualTo("failed");
        assertThat(failed.at("/error/type").asText()).isEqualTo("ForbiddenException");
        assertThat(failed.at("/error/code").asInt()).isEqualTo(403);
    }

    @Test
    void aPlanThatTakesTooLongFails() {
        append(0, 1);
        restart(settings(4, 200_000, Duration.ofNanos(1)));

        JsonNode plan = plan("{}");

        assertThat(plan.path("status").asText()).isEqualTo("failed");
        assertThat(plan.at("/error/message").asText()).contains("narrower filter");
        assertThat(plan.at("/error/code").asInt()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0190b6f5-2f52-7000-8000-000000000001"})
    void aKeyChangesNothing(String key) {
        append(0, 1);

        assertThat(catalog.send("POST", TABLE + "/plan", "{}", "Idempotency-Key", key)
                        .statusCode())
                .isEqualTo(200);
        assertThat(catalog.send("POST", TABLE + "/plan", "{}", "Idempotency-Key", "no uuid")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aTablesPropertyTellsClientsWhereToPlan() {
        assertThat(catalog.send("GET", TABLE, "").body()).doesNotContain("scan-planning-mode");
        table.updateProperties().set("scan-planning-mode", "SERVER").commit();

        assertThat(catalog.send("GET", TABLE, "").body()).contains("\"config\":{\"scan-planning-mode\":\"server\"}");
        Table loaded = catalog.client().loadTable(NAME);
        assertThat(loaded.newScan().getClass().getSimpleName()).isEqualTo("RESTTableScan");
    }

    @Test
    void aWarehousesPolicyTellsClientsWhereToPlan() {
        JsonNode warehouse = json(catalog.send("GET", "/management/v1/warehouses/default", ""), 200);
        assertThat(warehouse.path("name").asText()).isEqualTo("default");
        HttpResponse<String> wrong = policy("scan-planning-mode", "elsewhere");
        assertThat(wrong.statusCode()).as(wrong.body()).isEqualTo(400);
        assertThat(wrong.body()).contains("must be client or server");

        HttpResponse<String> right = policy("scan-planning-mode", "server");
        assertThat(right.statusCode()).as(right.body()).isBetween(200, 204);

        assertThat(catalog.send("GET", TABLE, "").body()).contains("\"scan-planning-mode\":\"server\"");
    }

    @Test
    void theConfigListsTheFourOperations() {
        assertThat(catalog.send("GET", "/v1/config", "").body())
                .contains("\"POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/plan\"")
                .contains("\"GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/plan/{plan-id}\"")
                .contains("\"DELETE /v1/{prefix}/namespaces/{namespace}/tables/{table}/plan/{plan-id}\"")
                .contains("\"POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/tasks\"");
    }

    private HttpResponse<String> policy(String key, String value) {
        return catalog.send(
                "POST", "/management/v1/warehouses/default", "{\"updates\":{\"%s\":\"%s\"}}".formatted(key, value));
    }

    private void append(int from, int to) {
        var append = table.newFastAppend();
        for (int i = from; i < to; i++) {
            ByteBuffer bound = Conversions.toByteBuffer(Types.LongType.get(), (long) i);
            DataFile file = DataFiles.builder(table.spec())
                    .withPath(table.location() + "/data/" + i + ".parquet")
                    .withFileSizeInBytes(100)
                    .withMetrics(new Metrics(
                            10L, null, Map.of(1, 10L, 2, 10L), Map.of(1, 0L), null, Map.of(1, bound), Map.of(1, bound)))
                    .build();
            append.appendFile(file);
        }
        append.commit();
    }

    private JsonNode plan(String body) {
        return json(post("/plan", body), 200);
    }

    private HttpResponse<String> filter(String filter) {
        return post("/plan", "{\"filter\":" + filter + "}");
    }

    private HttpResponse<String> post(String path, String body) {
        return catalog.send("POST", TABLE + path, body);
    }

    private HttpResponse<String> fetch(String task) {
        return post("/tasks", JSON.createObjectNode().put("plan-task", task).toString());
    }

    private HttpResponse<String> get(String id) {
        return catalog.send("GET", TABLE + "/plan/" + id, "");
    }

    private HttpResponse<String> delete(String id) {
        return catalog.send("DELETE", TABLE + "/plan/" + id, "");
    }

    private static String mutated(String token, Random random) {
        String alphabet = "ABCDEFGHabcdefgh0123456789-_";
        char[] chars = token.toCharArray();
        int at = random.nextInt(chars.length);
        char other = alphabet.charAt(random.nextInt(alphabet.length()));
        chars[at] = other == chars[at] ? '~' : other;
        return new String(chars);
    }

    private static List<String> paths(JsonNode plan) {
        List<String> paths = new ArrayList<>();
        plan.path("file-scan-tasks")
                .forEach(task -> paths.add(task.at("/data-file/file-path").asText()));
        assertThat(new TreeSet<>(paths)).hasSameSizeAs(paths);
        return paths;
    }

    private static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String error(HttpResponse<String> response, int status) {
        return json(response, status).at("/error/type").asText();
    }
}
