package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions over the wire. */
class FunctionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FUNCTIONS = "/v1/namespaces/db/functions";
    private static final String REGISTER = "/management/v1/warehouses/default/namespaces/db/functions";
    private static final String METADATA = """
            {"function-uuid":"0190a6d0-0000-7000-8000-000000000001","format-version":1,
             "definitions":[
              {"definition-id":"int","parameters":[{"name":"x","type":"int"}],"return-type":"int",
               "function-type":"udf","current-version-id":2,"versions":[
                {"version-id":1,"timestamp-ms":1,"representations":[{"type":"sql","dialect":"spark","sql":"x + 1"}]},
                {"version-id":2,"timestamp-ms":2,"on-null-input":"return-null",
                 "representations":[{"type":"sql","dialect":"spark","sql":"x + 2"}]}]},
              {"definition-id":"decimal(9,2),list<string>","specific-name":"two",
               "parameters":[{"name":"x","type":"decimal(9, 2)"},{"name":"y","type":{"type":"list","element":"string"}}],
               "return-type":{"type":"struct","fields":[{"name":"a","type":"int"}]},"function-type":"udtf",
               "current-version-id":1,"versions":[
                {"version-id":1,"timestamp-ms":3,"representations":[{"type":"sql","dialect":"trino","sql":"SELECT 1"}]}]}],
             "definition-log":[{"timestamp-ms":3,"definition-versions":[{"definition-id":"int","version-id":2}]}]}""";

    private Path folder;
    private RunningCatalog catalog;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        catalog = RunningCatalog.over(temporary);
        catalog.send("POST", "/v1/namespaces", "{\"namespace\":[\"db\"]}");
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void aFunctionIsLoadedWithAllItsOverloads() throws IOException {
        HttpResponse<String> registered = register("f", METADATA);
        assertThat(registered.statusCode()).as(registered.body()).isEqualTo(200);

        HttpResponse<String> loaded = catalog.send("GET", FUNCTIONS + "/f", "");

        assertThat(loaded.statusCode()).isEqualTo(200);
        JsonNode body = JSON.readTree(loaded.body());
        assertThat(body.path("metadata")).isEqualTo(JSON.readTree(METADATA));
        assertThat(body.path("metadata-location").asText())
                .startsWith("file://")
                .endsWith(".metadata.json");
        assertThat(JSON.readTree(catalog.send("GET", FUNCTIONS, "").body()).path("identifiers"))
                .isEqualTo(JSON.readTree("[[\"db\",\"f\"]]"));
    }

    @Test
    void aFunctionIsRegisteredFromItsMetadataFile() throws IOException {
        Path file = folder.resolve("warehouse/functions/g.metadata.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, METADATA);
        String body = "{\"name\":\"g\",\"metadata-location\":\"file://%s\"}".formatted(file);

        assertThat(catalog.send("POST", REGISTER, body).statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(catalog.send("GET", FUNCTIONS + "/g", "").body())
                        .at("/metadata/definitions"))
                .hasSize(2);
    }

    @Test
    void aFunctionIsReplacedOnlyWhenAsked() throws IOException {
        register("f", METADATA);
        assertThat(register("f", METADATA).statusCode()).isEqualTo(409);
        String changed = METADATA.replace("x + 2", "x + 3");

        HttpResponse<String> replaced = catalog.send(
                "POST", REGISTER, "{\"name\":\"f\",\"overwrite\":true,\"metadata\":%s}".formatted(changed));

        assertThat(replaced.statusCode()).as(replaced.body()).isEqualTo(200);
        assertThat(catalog.send("GET", FUNCTIONS + "/f", "").body()).contains("x + 3");
    }

    @Test
    void aKeyRepeatsTheAnswerAndADroppedFunctionIsGone() {
        String key = UUID.randomUUID().toString();
        String body = "{\"name\":\"f\",\"metadata\":%s}".formatted(METADATA);
        String first =
                catalog.send("POST", REGISTER, body, "Idempotency-Key", key).body();
        assertThat(catalog.send("POST", REGISTER, body, "Idempotency-Key", key).body())
                .isEqualTo(first);

        assertThat(catalog.send("DELETE", REGISTER + "/f", "").statusCode()).isEqualTo(204);
        HttpResponse<String> gone = catalog.send("GET", FUNCTIONS + "/f", "");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.body()).contains("NoSuchFunctionException");
    }

    @Test
    void aFunctionSharesItsNameWithNoTable() {
        String table = "{\"name\":\"t\",\"schema\":{\"type\":\"struct\",\"fields\":[]}}";
        assertThat(catalog.send("POST", "/v1/namespaces/db/tables", table).statusCode())
                .isEqualTo(200);

        HttpResponse<String> refused = register("t", METADATA);

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("Table with same name already exists: db.t");
    }

    @Test
    void aNamespaceThatDoesNotExistHasNoFunctions() {
        assertThat(catalog.send("GET", "/v1/namespaces/absent/functions", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void theConfigListsWhatTheProtocolHasAndNoMore() {
        assertThat(catalog.send("GET", "/v1/config", "").body())
                .contains("\"GET /v1/{prefix}/namespaces/{namespace}/functions\"")
                .contains("\"GET /v1/{prefix}/namespaces/{namespace}/functions/{function}\"")
                .doesNotContain("POST /v1/{prefix}/namespaces/{namespace}/functions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "\"format-version\":1|\"format-version\":2|format-version",
                "0190a6d0-0000-7000-8000-000000000001|1|UUID",
                "\"definition-id\":\"int\",\"par|\"definition-id\":\"long\",\"par|must be 'int'",
                "\"type\":\"int\"}],\"return|\"type\":\"integer\"}],\"return|Iceberg type",
                "\"current-version-id\":2|\"current-version-id\":3|none of its versions",
                "\"version-id\":2,\"timestamp-ms\":2|\"version-id\":1,\"timestamp-ms\":2|two version 1",
                "\"udtf\"|\"udxf\"|udf or udtf",
                "\"return-null\"|\"never\"|on-null-input",
                "\"type\":\"sql\",\"dialect\":\"trino\"|\"type\":\"python\",\"dialect\":\"trino\"|type sql",
                "\"definition-id\":\"int\",\"version-id\":2|\"definition-id\":\"int\",\"version-id\":9|definition-log",
                "\"definitions\":[|\"definitions\":[7,|must be objects"
            })
    void aFunctionThatNoEngineCouldCallIsRefused(String good, String bad, String message) {
        String broken = METADATA.replace(good, bad);
        assertThat(broken).isNotEqualTo(METADATA);

        HttpResponse<String> answer = register("f", broken);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"f\"}|either a metadata-location or its metadata",
                "{\"name\":\"f\",\"metadata-location\":\"file:///etc/passwd\"}|below the warehouse",
                "{\"metadata\":{}}|must not be empty"
            })
    void aRequestThatIsIncompleteOrLeadsOutsideIsRefused(String body, String message) {
        HttpResponse<String> answer = catalog.send("POST", REGISTER, body);

        assertThat(answer.statusCode()).isIn(400, 403);
        assertThat(answer.body()).contains(message);
    }

    private HttpResponse<String> register(String name, String metadata) {
        return catalog.send("POST", REGISTER, "{\"name\":\"%s\",\"metadata\":%s}".formatted(name, metadata));
    }
}
