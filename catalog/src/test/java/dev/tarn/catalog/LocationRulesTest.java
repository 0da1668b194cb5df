package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.common.Secret;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Locations that clients send: refused before the store is asked for anything. */
class LocationRulesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEMA =
            "{\"type\":\"struct\",\"schema-id\":0,\"fields\":[{\"id\":1,\"name\":\"id\",\"required\":true,\"type\":\"long\"}]}";
    private static final String TABLES = "/v1/namespaces/n/tables";

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer store;
    private RunningCatalog catalog;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("ETag", "\"e\"");
            exchange.sendResponseHeaders(exchange.getRequestMethod().equals("HEAD") ? 404 : 200, -1);
            exchange.close();
        });
        store.start();
        S3Settings s3 = new S3Settings(
                "http://127.0.0.1:" + store.getAddress().getPort(),
                "us-east-1",
                true,
                Optional.of(new S3Settings.S3Keys("key", Secret.of("secret"), Optional.empty())),
                false,
                true);
        catalog = RunningCatalog.with(
                new CatalogOptions(
                        "127.0.0.1",
                        0,
                        folder.resolve("data"),
                        WarehouseUri.parse("s3://lake/wh"),
                        s3,
                        DelegationSettings.NONE,
                        CatalogLimits.DEFAULTS),
                wrapped -> wrapped);
        assertThat(catalog.send("POST", "/v1/namespaces", "{\"namespace\":[\"n\"]}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(create("t", "s3://lake/wh/t", Map.of(), false).statusCode()).isEqualTo(200);
        requests.set(0);
    }

    @AfterEach
    void stop() {
        catalog.close();
        store.stop(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://other/wh/x",
                "s3://lake/wh",
                "s3://lake/wh-2/x",
                "s3://lake/x",
                "s3://lake/wh/../x",
                "s3://lake/wh/./x",
                "s3://lake/wh/%2e%2e/x",
                "s3://lake/wh/a%2Fb",
                "s3://lake/wh//x",
                "s3://lake//wh/x",
                "s3:///wh/x",
                "s3://user@lake/wh/x",
                "s3://lake:9000/wh/x",
                "s3://lake/wh/*",
                "s3://lake/wh/x?y",
                "s3://lake/wh/x#y",
                "s3://lake/wh/x\\y",
                "s3://lake/wh/${aws:username}",
                "s3://lake/wh/x\u0000",
                "S3://lake/wh/x",
                "s3:/lake/wh/x",
                "file:///lake/wh/x",
                "http://127.0.0.1/lake/wh/x",
                "http://169.254.169.254/latest",
                "gs://lake/wh/x",
                "jar:file:/x!/y",
                "data:,x",
                "/lake/wh/x",
                "wh/x",
                ""
            })
    void foreignLocationsAreRefusedEverywhereBeforeAnythingIsDone(String location) throws IOException {
        String before = catalog.send("GET", TABLES + "/t", "").body();

        assertRefused(create("u", location, Map.of(), false));
        assertRefused(create("u", location, Map.of(), true));
        for (String key : List.of(
                "write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path")) {
            assertRefused(create("u", "s3://lake/wh/u", Map.of(key, location), false));
            assertRefused(create("u", "s3://lake/wh/u", Map.of(key, location), true));
            assertRefused(commit(Map.of("action", "set-properties", "updates", Map.of(key, location))));
        }
        assertRefused(commit(Map.of("action", "set-location", "location", location)));
        assertRefused(commit(statistics("set-statistics", location)));
        assertRefused(commit(statistics("set-partition-statistics", location)));
        assertRefused(commit(snapshot(location)));
        assertRefused(transaction(Map.of("action", "set-location", "location", location)));
        for (boolean overwrite : List.of(false, true)) {
            String body = JSON.writeValueAsString(
                    Map.of("name", overwrite ? "t" : "u", "metadata-location", location, "overwrite", overwrite));
            assertRefused(catalog.send("POST", "/v1/namespaces/n/register", body));
        }

        assertThat(requests).hasValue(0);
        assertThat(catalog.send("GET", TABLES + "/t", "").body()).isEqualTo(before);
        assertThat(catalog.send("HEAD", TABLES + "/u", "").statusCode()).isEqualTo(404);
    }

    @Test
    void filesOfASnapshotMustBeInTheTablesOwnFolders() throws IOException {
        assertRefused(commit(snapshot("s3://lake/wh/t-2/metadata/snap.avro")));
        assertRefused(commit(statistics("set-statistics", "s3://lake/wh/other/stats.puffin")));
        assertThat(commit(snapshot("s3://lake/wh/t/metadata/snap.avro")).statusCode())
                .isEqualTo(200);
        assertThat(commit(snapshot("s3a://lake/wh/t/metadata/snap2.avro")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void foldersOfATableMayLieElsewhereInTheWarehouse() throws IOException {
        assertThat(create("v", "s3a://lake/wh/v/", Map.of("write.metadata.path", "s3://lake/wh/meta/v"), false)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void folderOfAnotherTableIsRefused() throws IOException {
        assertThat(create("other", "s3://lake/wh/other", Map.of(), false).statusCode())
                .isEqualTo(200);
        for (String folder : List.of("s3://lake/wh/other", "s3n://lake/wh/other/data")) {
            Map<String, String> properties = Map.of("write.data.path", folder);
            assertRefused(create("u", "s3://lake/wh/u", properties, false));
            assertRefused(create("u", "s3://lake/wh/u", properties, true));
            assertRefused(commit(Map.of("action", "set-properties", "updates", properties)));
        }
        assertRefused(create("u", "s3://lake/wh/other/u", Map.of(), true));
        assertRefused(create("u", "s3://lake/wh/other", Map.of(), true));
        assertThat(commit(Map.of(
                                "action",
                                "set-properties",
                                "updates",
                                Map.of("write.data.path", "s3://lake/wh/t/data")))
                        .statusCode())
                .isEqualTo(200);
    }

    private static Map<String, Object> statistics(String action, String path) {
        Map<String, Object> file = Map.of(
                "snapshot-id", 1,
                "statistics-path", path,
                "file-size-in-bytes", 1,
                "file-footer-size-in-bytes", 1,
                "blob-metadata", List.of());
        return action.equals("set-statistics")
                ? Map.of("action", action, "snapshot-id", 1, "statistics", file)
                : Map.of("action", action, "partition-statistics", file);
    }

    private Map<String, Object> snapshot(String manifestList) throws JsonProcessingException {
        JsonNode metadata =
                JSON.readTree(catalog.send("GET", TABLES + "/t", "").body()).path("metadata");
        long sequence = metadata.path("last-sequence-number").asLong() + 1;
        return Map.of(
                "action",
                "add-snapshot",
                "snapshot",
                Map.of(
                        "snapshot-id",
                        sequence,
                        "sequence-number",
                        sequence,
                        "timestamp-ms",
                        System.currentTimeMillis() + sequence,
                        "manifest-list",
                        manifestList,
                        "summary",
                        Map.of("operation", "append"),
                        "schema-id",
                        0));
    }

    private HttpResponse<String> create(String name, String location, Map<String, String> properties, boolean stage)
            throws JsonProcessingException {
        return catalog.send(
                "POST",
                TABLES,
                JSON.writeValueAsString(Map.of(
                        "name", name,
                        "location", location,
                        "schema", JSON.readTree(SCHEMA),
                        "properties", properties,
                        "stage-create", stage)));
    }

    private HttpResponse<String> commit(Map<String, ?> update) throws JsonProcessingException {
        return catalog.send(
                "POST",
                TABLES + "/t",
                JSON.writeValueAsString(Map.of("requirements", List.of(), "updates", List.of(update))));
    }

    private HttpResponse<String> transaction(Map<String, ?> update) throws JsonProcessingException {
        Map<String, Object> change = Map.of(
                "identifier",
                Map.of("namespace", List.of("n"), "name", "t"),
                "requirements",
                List.of(),
                "updates",
                List.of(update));
        return catalog.send(
                "POST", "/v1/transactions/commit", JSON.writeValueAsString(Map.of("table-changes", List.of(change))));
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isIn(400, 403);
    }
}
