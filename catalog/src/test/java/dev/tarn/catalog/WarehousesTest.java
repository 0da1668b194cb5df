package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several warehouses in one server, and their administration. */
class WarehousesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ALL = "/management/v1/warehouses";
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final TableIdentifier NAME = TableIdentifier.of("db", "t");

    private Path folder;
    private RunningCatalog catalog;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        catalog = RunningCatalog.over(folder);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void warehousesShareNoNamesAndNoFiles() {
        assertThat(create("second").statusCode()).isEqualTo(201);
        RESTCatalog first = catalog.client();
        RESTCatalog second = catalog.client(Map.of("warehouse", "second"));
        first.createNamespace(Namespace.of("db"));
        second.createNamespace(Namespace.of("db"));
        Table one = first.createTable(NAME, SCHEMA);
        Table two = second.createTable(NAME, SCHEMA);

        two.updateProperties().set("mine", "second").commit();

        assertThat(one.location()).startsWith("file://" + folder.resolve("warehouse") + "/");
        assertThat(two.location()).startsWith("file://" + folder.resolve("second") + "/");
        assertThat(first.loadTable(NAME).properties()).doesNotContainKey("mine");
        assertThat(first.dropTable(NAME)).isTrue();
        assertThat(second.loadTable(NAME).properties()).containsEntry("mine", "second");
        assertThat(catalog.send("GET", "/v1/second/namespaces/db/tables/t", "").statusCode())
                .isEqualTo(200);
        assertThat(catalog.send("GET", "/v1/default/namespaces/db/tables/t", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aWarehouseIsListedDescribedAndFoundByItsLocation() throws IOException {
        create("b");
        create("a");

        JsonNode listed =
                JSON.readTree(catalog.send("GET", ALL + "?pageSize=2", "").body());
        assertThat(listed.at("/warehouses/0/name").textValue()).isEqualTo("a");
        assertThat(listed.at("/warehouses/1/name").textValue()).isEqualTo("b");
        JsonNode rest = JSON.readTree(catalog.send(
                        "GET",
                        ALL + "?pageToken=" + listed.path("next-page-token").textValue(),
                        "")
                .body());
        assertThat(rest.at("/warehouses/0/name").textValue()).isEqualTo("default");
        assertThat(rest.path("next-page-token").isNull()).isTrue();
        HttpResponse<String> described = catalog.send("GET", ALL + "/a", "");
        assertThat(described.headers().firstValue("etag")).contains("\"1\"");
        assertThat(JSON.readTree(described.body()).path("location").textValue())
                .isEqualTo("file://" + folder.resolve("a"));
        assertThat(catalog.send("GET", "/v1/config?warehouse=" + folder.resolve("a"), "")
                        .body())
                .contains("\"prefix\":\"a\"");
        assertThat(catalog.send("GET", ALL + "/c", "").body()).contains("NoSuchWarehouseException");
        assertThat(catalog.send("GET", "/v1/config?warehouse=c", "").statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "..", "a b", "namespaces", "Config", "é", "-a"})
    void namesThatCannotStandInPathsAreRefused(String name) {
        HttpResponse<String> refused =
                catalog.send("POST", ALL, "{\"name\":\"%s\",\"location\":\"%s\"}".formatted(name, folder.resolve("x")));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("BadRequestException");
    }

    @ParameterizedTest
    @CsvSource({"warehouse", "warehouse/below", "'.'"})
    void aLocationThatOverlapsWithAnotherWarehouseIsRefused(String location) {
        HttpResponse<String> refused = catalog.send(
                "POST",
                ALL,
                "{\"name\":\"x\",\"location\":\"%s\"}"
                        .formatted(folder.resolve(location).normalize()));

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("overlaps with warehouse 'default'");
        assertThat(catalog.send("GET", ALL + "/x", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aNameIsTakenOnce() {
        create("a");
        HttpResponse<String> again =
                catalog.send("POST", ALL, "{\"name\":\"a\",\"location\":\"%s\"}".formatted(folder.resolve("other")));
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("AlreadyExistsException").contains("choose another name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "soft-delete.retention|seven|Warehouse property 'soft-delete.retention' must be a duration",
                "soft-delete.retention|PT0S|Warehouse property 'soft-delete.retention' must be a duration",
                "soft-delete.retentoin|P7D|did you mean 'soft-delete.retention'?",
                "allow-location-overlap|yes|must be true or false",
                "s3.access-key-id|me|go together",
                "s3.endpoint|ftp://x|must be an http or https URL"
            })
    void badPropertiesAreNamed(String key, String value, String message) {
        create("a");

        HttpResponse<String> refused =
                catalog.send("POST", ALL + "/a", "{\"updates\":{\"%s\":\"%s\"}}".formatted(key, value));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains(message).contains(key);
    }

    @Test
    void aChangeWithAnOldVersionIsRefused() {
        create("a");
        assertThat(alter("a", "{\"updates\":{\"purge.grace\":\"PT1H\"}}", "\"1\"")
                        .statusCode())
                .isEqualTo(200);

        HttpResponse<String> late = alter("a", "{\"removals\":[\"purge.grace\"]}", "\"1\"");

        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).contains("version 2 but 1 was expected");
        assertThat(catalog.send("DELETE", ALL + "/a", "", "If-Match", "\"1\"").statusCode())
                .isEqualTo(409);
        assertThat(catalog.send("GET", ALL + "/a", "").body()).contains("PT1H");
    }

    @Test
    void anInactiveWarehouseRefusesClientsUntilItIsActiveAgain() {
        create("a");
        RESTCatalog client = catalog.client(Map.of("warehouse", "a"));
        client.createNamespace(Namespace.of("db"));
        client.createTable(NAME, SCHEMA);

        assertThat(alter("a", "{\"active\":false}", "*").statusCode()).isEqualTo(200);

        assertThatThrownBy(() -> client.loadTable(NAME))
                .isInstanceOf(ForbiddenException.class)
                .hasMessageContaining("Warehouse 'a' is not active");
        assertThat(catalog.send("GET", "/v1/config?warehouse=a", "").statusCode())
                .isEqualTo(403);
        assertThat(alter("a", "{\"active\":true}", "*").statusCode()).isEqualTo(200);
        assertThat(client.loadTable(NAME).location()).contains("/a/db/t-");
    }

    @Test
    void onlyAnEmptyUnprotectedWarehouseIsDropped() {
        create("a");
        RESTCatalog client = catalog.client(Map.of("warehouse", "a"));
        client.createNamespace(Namespace.of("db"));

        HttpResponse<String> full = catalog.send("DELETE", ALL + "/a", "");
        assertThat(full.statusCode()).isEqualTo(409);
        assertThat(full.body()).contains("is not empty");
        client.dropNamespace(Namespace.of("db"));
        alter("a", "{\"updates\":{\"protected\":\"true\"}}", "*");
        HttpResponse<String> refused = catalog.send("DELETE", ALL + "/a", "");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("--remove protected");
        alter("a", "{\"removals\":[\"protected\"]}", "*");

        assertThat(catalog.send("DELETE", ALL + "/a", "").statusCode()).isEqualTo(204);
        assertThat(catalog.send("GET", "/v1/a/namespaces", "").body()).contains("NoSuchWarehouseException");
        assertThat(catalog.send("DELETE", ALL + "/default", "").statusCode()).isEqualTo(403);
    }

    @Test
    void secretsOfAWarehouseAreSealedAtRestAndNeverShown() throws IOException {
        String secret = "do-not-show-me-" + System.nanoTime();
        HttpResponse<String> created = catalog.send("POST", ALL, """
                {"name":"a","location":"%s","properties":
                {"s3.access-key-id":"me","s3.secret-access-key":"%s"}}""".formatted(folder.resolve("a"), secret));
        assertThat(created.statusCode()).isEqualTo(201);

        assertThat(created.body()).contains("\"s3.secret-access-key\":\"***\"").doesNotContain(secret);
        assertThat(catalog.send("GET", ALL, "").body()).contains("***").doesNotContain(secret);
        for (Path file :
                Files.list(folder.resolve("data")).filter(Files::isRegularFile).toList()) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .as("%s", file)
                    .doesNotContain(secret);
        }
        assertThat(catalog.send("GET", "/v1/config?warehouse=a", "").statusCode())
                .isEqualTo(200);
        assertThat(alter("a", "{\"updates\":{\"s3.secret-access-key\":\"***\"}}", "*")
                        .statusCode())
                .isEqualTo(400);
        assertThat(alter("a", "{\"updates\":{\"purge.grace\":\"PT1H\"}}", "*").statusCode())
                .isEqualTo(200);
    }

    @Test
    void warehousesOutliveTheServer() {
        create("a");
        catalog.close();
        catalog = RunningCatalog.over(folder);

        assertThat(catalog.send("GET", "/v1/a/namespaces", "").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> create(String name) {
        return catalog.send("POST", ALL, "{\"name\":\"%s\",\"location\":\"%s\"}".formatted(name, folder.resolve(name)));
    }

    private HttpResponse<String> alter(String name, String body, String ifMatch) {
        return catalog.send("POST", ALL + "/" + name, body, "If-Match", ifMatch);
    }
}
