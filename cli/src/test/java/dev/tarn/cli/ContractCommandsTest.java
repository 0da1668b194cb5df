package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tarn contract} against a server in this process, through its real ports. */
class ContractCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CONTRACT = """
            apiVersion: v3.1.0
            kind: DataContract
            id: people
            version: 1.0.0
            status: active
            schema:
              - name: people
                properties:
                  - name: id
                    logicalType: integer
                    required: true
                    unique: true
                  - name: name
                    logicalType: string
                    logicalTypeOptions:
                      minLength: 2
                quality:
                  - type: sql
                    name: not-too-many
                    query: SELECT COUNT(*) FROM ${table}
                    mustBeLessThan: 5
            """;

    @TempDir
    static Path folder;

    private static TarnServer server;

    @BeforeAll
    static void serve() {
        server = TarnServer.start(TarnSettings.read(SettingsReader.of(
                Map.of("server.data", folder.resolve("data").toString(), "catalog.port", "0", "flight.port", "0"))));
    }

    @AfterAll
    static void stop() {
        server.drain(Duration.ofSeconds(10));
        server.close();
    }

    @Test
    void lintPrintsLinesAndFailsForErrors() throws IOException {
        Path good = write("good.yaml", CONTRACT);
        Path bad = write(
                "bad.yaml", CONTRACT.replace("minLength: 2", "minLength: two").replace("unique", "uniqe"));

        assertThat(tarn("contract", "lint", good.toString()).exitCode()).isZero();
        Invocation broken = tarn("contract", "lint", bad.toString(), "--output", "csv");

        assertThat(broken.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(broken.text())
                .contains(",12,warning,schema[0].properties[0],", "unknown key 'uniqe', did you mean 'unique'?")
                .contains(",16,error,");
        Path warning = write("warning.yaml", CONTRACT.replace("unique", "uniqe"));
        assertThat(tarn("contract", "lint", warning.toString()).exitCode()).isZero();
        assertThat(tarn("contract", "lint", "--strict", warning.toString()).exitCode())
                .isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(tarn("contract", "lint", folder.resolve("none.yaml").toString())
                        .exitCode())
                .isEqualTo(ExitCode.NOT_FOUND.number());
    }

    @Test
    void diffSaysWhomAChangeBreaks() throws IOException {
        Path before = write("before.yaml", CONTRACT);
        Path after = write("after.yaml", CONTRACT.replace("minLength: 2", "minLength: 1"));

        Invocation diff = tarn("contract", "diff", before.toString(), after.toString(), "--output", "csv");

        assertThat(diff.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(diff.text()).contains("breaks-readers,people.length(name),loosened");
        assertThat(tarn("contract", "diff", before.toString(), before.toString())
                        .exitCode())
                .isZero();
    }

    @Test
    void aTableIsTestedLoadedAndQuarantinedByItsContract() throws IOException {
        Path contract = write("people.yaml", CONTRACT);
        Path csv = write("people.csv", "id,name\n1,Ada\n2,Grace\n");
        assertThat(tarn("copy", "held.people", csv.toString(), "--create").exitCode())
                .isZero();

        Invocation passed = tarn("contract", "test", contract.toString(), "--table", "held.people", "--output", "json");
        assertThat(passed.exitCode()).as(passed.messages()).isZero();
        JsonNode report = JSON.readTree(passed.text());
        assertThat(report.path("passed").asBoolean()).isTrue();
        assertThat(report.path("rules").findValuesAsText("found")).contains("the query gives 2, allowed < 5");

        assertThat(tarn("contract", "bind", contract.toString(), "--table", "held.people")
                        .exitCode())
                .isZero();
        Path bad = write("more.csv", "id,name\n2,Linus\n3,X\n4,Edsger\n");
        Invocation refused = tarn("copy", "held.people", bad.toString());
        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(refused.messages())
                .contains("Contract people 1.0.0 is not kept", "unique(id)", "length(name) of column name: 1 of 3 rows")
                .doesNotContain("Linus");
        Path short1 = write("short.csv", "id,name\n3,X\n4,Edsger\n");
        Invocation loaded = tarn("copy", "held.people", short1.toString(), "--on-violation", "quarantine");
        assertThat(loaded.messages()).doesNotContain("tarn:");
        assertThat(sql("SELECT id FROM held.people ORDER BY id")).isEqualTo("id\r\n1\r\n2\r\n4\r\n");
        assertThat(sql("SELECT id, tarn_rule FROM held.people__rejects"))
                .isEqualTo("id,tarn_rule\r\n3,length(name)\r\n");

        assertThat(tarn(
                                "copy",
                                "held.people",
                                write("much.csv", "id,name\n5,Barbara\n6,Donald\n")
                                        .toString())
                        .exitCode())
                .isZero();
        Invocation broken = tarn("contract", "test", "--table", "held.people", "--output", "csv");
        assertThat(broken.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(broken.text()).contains("violated,not-too-many,\"\",error,\"the query gives 5, allowed < 5\"");
    }

    @Test
    void theFirstContractOfATableIsKeptByIt() throws IOException {
        Path csv = write("cities.csv", "id,size\n1,30\n2,70\n");
        assertThat(tarn("copy", "drafts.cities", csv.toString(), "--create").exitCode())
                .isZero();

        Invocation draft = tarn("contract", "init", "--table", "drafts.cities", "--ranges");

        assertThat(draft.exitCode()).as(draft.messages()).isZero();
        assertThat(draft.text()).contains("maximum: 70");
        Path file = write("cities.yaml", draft.text());
        assertThat(tarn("contract", "lint", "--strict", file.toString()).exitCode())
                .isZero();
        assertThat(tarn("contract", "test", file.toString(), "--table", "drafts.cities")
                        .exitCode())
                .isZero();
        assertThat(tarn("contract", "test", "--table", "drafts.cities").exitCode())
                .isEqualTo(ExitCode.NOT_FOUND.number());
    }

    private static Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String sql(String statement) {
        return tarn("sql", statement, "--output", "csv").text();
    }

    private static Invocation tarn(String... args) {
        Map<String, String> environment = Map.of(
                "TARN_CLIENT_CATALOG_URI", server.catalogUri().toString(),
                "TARN_CLIENT_FLIGHT_URI", server.flightUri().toString(),
                "TARN_SERVER_DATA", folder.resolve("client").toString());
        return Invocation.of(environment, args);
    }
}
