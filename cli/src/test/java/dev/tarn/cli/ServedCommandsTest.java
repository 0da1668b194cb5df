package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a server in this process, through its real ports. */
class ServedCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static TarnServer server;

    @BeforeAll
    static void serve() {
        server = TarnServer.start(settings(folder.resolve("data"), "0", "0"));
    }

    @AfterAll
    static void stop() {
        server.drain(Duration.ofSeconds(10));
        server.close();
    }

    @Test
    void rowsCopiedFromAFileComeBackThroughSql() throws IOException {
        Path csv = Files.writeString(folder.resolve("people.csv"), "id,name\n1,Ada\n2,\"Grace, H.\"\n");
        assertThat(tarn("table", "create", "copying.people", "--schema", "id long not null, name string")
                        .exitCode())
                .isZero();

        Invocation copied = tarn("copy", "copying.people", csv.toString(), "--output", "json");
        Invocation again = tarn("copy", "copying.people", csv.toString(), "--output", "json");

        assertThat(JSON.readTree(copied.text()).path(0).path("rows_loaded").asLong())
                .isEqualTo(2);
        assertThat(JSON.readTree(again.text()).path(0).path("files_skipped").asLong())
                .isEqualTo(1);
        assertThat(sql("SELECT id, name FROM copying.people ORDER BY id", "csv").text())
                .isEqualTo("id,name\r\n1,Ada\r\n2,\"Grace, H.\"\r\n");
    }

    @Test
    void aBadRowIsNamedAndNothingIsLoadedNorCreated() throws IOException {
        Path csv = Files.writeString(folder.resolve("short.csv"), "id,name\n1,Ada\n2\n");

        Invocation wrong = tarn("copy", "broken.people", csv.toString(), "--create");

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(wrong.messages()).contains("short.csv line 3").doesNotContain("\tat ");
        assertThat(tarn("table", "list", "broken", "--output", "json").text()).isEqualTo("[]\n");
    }

    @Test
    void tablesAreListedDescribedAndDropped() throws IOException {
        Invocation created = tarn(
                "table", "create", "shop.a.orders", "--schema", "id long, at timestamptz", "--partition", "day(at)");

        assertThat(created.exitCode()).as(created.messages()).isZero();
        assertThat(tarn("namespace", "list", "--output", "csv").text()).contains("shop\r\n", "shop.a\r\n");
        assertThat(tarn("table", "list", "--output", "csv").text()).contains("shop.a,orders");
        assertThat(tarn("table", "describe", "shop.a.orders", "--output", "csv").text())
                .contains("table,format-version,3,")
                .contains("column,at,timestamptz,")
                .contains("partition,at_day,day of at,");
        assertThat(tarn("namespace", "drop", "shop.a").exitCode()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(tarn("table", "drop", "shop.a.orders", "--purge").exitCode()).isZero();
        assertThat(tarn("table", "drop", "shop.a.orders").exitCode()).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(tarn("table", "drop", "shop.a.orders", "--if-exists").exitCode())
                .isZero();
        assertThat(tarn("namespace", "drop", "shop.a").exitCode()).isZero();
    }

    @Test
    void snapshotsFilesAndMaintenancePrintIdsAsStrings() throws IOException {
        Path lines = Files.writeString(folder.resolve("events.jsonl"), "{\"id\":1}\n{\"id\":2}\n");
        for (int load = 0; load < 6; load++) {
            Invocation copied = tarn("copy", "upkeep.events", lines.toString(), "--create", "--force");
            assertThat(copied.exitCode()).as(copied.messages()).isZero();
        }

        JsonNode snapshots = JSON.readTree(
                tarn("table", "snapshots", "upkeep.events", "--output", "json").text());
        assertThat(snapshots).hasSize(6);
        assertThat(snapshots.path(0).path("snapshot_id").isTextual()).isTrue();
        assertThat(tarn("table", "files", "upkeep.events", "--output", "ndjson")
                        .text()
                        .lines())
                .hasSize(6);
        assertThat(tarn("compact", "upkeep.events", "--dry-run", "--output", "json")
                        .text()
                        .lines())
                .hasSize(1);
        JsonNode compacted = JSON.readTree(
                tarn("compact", "upkeep.events", "--output", "json").text());
        assertThat(compacted.path("status").asText()).isEqualTo("DONE");
        assertThat(compacted.path("commits").path(0).isTextual()).isTrue();
        Invocation expired = tarn(
                "expire",
                "upkeep.events",
                "--max-age",
                "PT0S",
                "--retain-last",
                "1",
                "--output",
                "json",
                "--data",
                folder.resolve("client").toString());
        assertThat(JSON.readTree(expired.text()).path("status").asText())
                .as(expired.messages())
                .isEqualTo("DONE");
        assertThat(sql("SELECT count(*) AS n, sum(id)::BIGINT AS s FROM upkeep.events", "csv")
                        .text())
                .isEqualTo("n,s\r\n12,18\r\n");
    }

    @Test
    void refsAreMadeListedAndFollowedAndMainGoesBack() throws IOException {
        Path lines = Files.writeString(folder.resolve("refs.jsonl"), "{\"id\":1}\n");
        assertThat(tarn("copy", "refs.events", lines.toString(), "--create").exitCode())
                .isZero();
        assertThat(tarn("refs", "tag", "refs.events", "v1", "--max-ref-age", "P30D")
                        .exitCode())
                .isZero();
        assertThat(tarn("copy", "refs.events", lines.toString(), "--force").exitCode())
                .isZero();
        assertThat(tarn("refs", "branch", "refs.events", "dev", "--ref", "v1").exitCode())
                .isZero();

        Invocation listed = tarn("refs", "list", "refs.events", "--output", "json");
        Invocation again = tarn("refs", "branch", "refs.events", "dev");
        Invocation back = tarn("rollback", "refs.events", "--ref", "v1", "--output", "json");
        Invocation nowhere = tarn("rollback", "refs.events");

        assertThat(JSON.readTree(listed.text()).findValuesAsText("name")).containsExactly("dev", "main", "v1");
        assertThat(again.exitCode()).isEqualTo(ExitCode.ALREADY_EXISTS.number());
        assertThat(back.exitCode()).as(back.messages()).isZero();
        assertThat(nowhere.messages()).contains("--snapshot-id");
        assertThat(sql("SELECT count(*) AS n FROM refs.events", "csv").text()).isEqualTo("n\r\n1\r\n");
        assertThat(tarn("refs", "fast-forward", "refs.events", "dev", "maim").messages())
                .contains("did you mean 'main'?");
        assertThat(tarn("refs", "drop", "refs.events", "dev").exitCode()).isZero();
    }

    @Test
    void orphansArePlannedAndThePlanIsCarriedOut() throws IOException {
        Path lines = Files.writeString(folder.resolve("orphans.jsonl"), "{\"id\":1}\n");
        assertThat(tarn("copy", "orphans.events", lines.toString(), "--create").exitCode())
                .isZero();

        Invocation planned = tarn("orphans", "orphans.events", "--dry-run", "--output", "json");
        Path plan = Files.writeString(folder.resolve("plan.json"), planned.text());
        Invocation done = tarn("orphans", "orphans.events", "--plan", plan.toString(), "--output", "json");
        Invocation young = tarn("orphans", "orphans.events", "--older-than", "PT1H");

        assertThat(JSON.readTree(planned.text()).path("kept").path("young").asLong())
                .as(planned.messages())
                .isPositive();
        assertThat(JSON.readTree(done.text()).path("status").asText()).isEqualTo("NOTHING_TO_DO");
        assertThat(young.exitCode()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(young.messages()).contains("24 hours");
    }

    @Test
    void unknownTablesAndColumnsNameTheNearest() {
        assertThat(tarn("table", "create", "near.flights", "--schema", "delay int")
                        .exitCode())
                .isZero();

        Invocation table = sql("SELECT * FROM near.flihgts", "table");
        Invocation column = sql("SELECT dely FROM near.flights", "table");
        Invocation described = tarn("table", "describe", "near.flight");
        Invocation namespace = tarn("table", "describe", "nearr.flights");

        assertThat(table.exitCode()).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(table.messages()).contains("did you mean 'flights'?");
        assertThat(column.exitCode()).isNotZero();
        assertThat(column.messages()).contains("delay");
        assertThat(described.messages()).contains("did you mean 'flights'?");
        assertThat(namespace.messages()).contains("did you mean 'near'?");
    }

    @Test
    void statementsComeFromStdinAndFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("two.sql"), "SELECT 1 AS a; -- first;\nSELECT ';' AS b;");

        Invocation fromFile = tarnWithInput("", "sql", "--file", file.toString(), "--output", "csv");
        Invocation fromStdin = tarnWithInput("SELECT 2 AS c", "sql", "--output", "ndjson");
        Invocation empty = tarnWithInput("  ", "sql");

        assertThat(fromFile.text()).isEqualTo("a\r\n1\r\nb\r\n;\r\n");
        assertThat(fromStdin.text()).isEqualTo("{\"c\":2}\n");
        assertThat(empty.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(empty.messages()).contains("No statement was given");
    }

    @Test
    void badSqlIsOneSentence() {
        Invocation wrong = sql("SELEC 1", "table");

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(wrong.messages()).contains("SELEC").doesNotContain("Exception");
        assertThat(wrong.messages().strip().lines()).hasSize(1);
    }

    @Test
    void healthAndMetricsAreAnswered() throws Exception {
        assertThat(get("/health/ready")).contains("\"flight\"").contains("\"catalog\"");
        assertThat(get("/metrics")).contains("jvm_memory_used_bytes");
    }

    @Test
    void aSecondServerOnTheSameFolderIsRefused() {
        assertThatThrownBy(() -> TarnServer.start(settings(folder.resolve("data"), "0", "0")))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.LOCKED))
                .hasMessageContaining(folder.resolve("data").toString());
    }

    @Test
    void usedPortsAreNamedAndTheFolderIsFreeAfterwards() {
        String catalogPort = String.valueOf(server.catalogUri().getPort());
        String flightPort = String.valueOf(server.flightUri().getPort());
        Path other = folder.resolve("other");

        assertThatThrownBy(() -> TarnServer.start(settings(other, catalogPort, "0")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining(catalogPort);
        assertThatThrownBy(() -> TarnServer.start(settings(other, "0", flightPort)))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining(flightPort);
        TarnServer.start(settings(other, "0", "0")).close();
    }

    private static TarnSettings settings(Path data, String catalogPort, String flightPort) {
        return TarnSettings.read(SettingsReader.of(
                Map.of("server.data", data.toString(), "catalog.port", catalogPort, "flight.port", flightPort)));
    }

    private static Invocation sql(String statement, String format) {
        return tarn("sql", statement, "--output", format);
    }

    private static Invocation tarn(String... args) {
        return tarnWithInput("", args);
    }

    private static Invocation tarnWithInput(String input, String... args) {
        Map<String, String> environment = Map.of(
                "TARN_CLIENT_CATALOG_URI", server.catalogUri().toString(),
                "TARN_CLIENT_FLIGHT_URI", server.flightUri().toString(),
                "TARN_SERVER_DATA", folder.resolve("client").toString());
        return Invocation.withInput(input, environment, args);
    }

    private static String get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.catalogUri().resolve(path)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
