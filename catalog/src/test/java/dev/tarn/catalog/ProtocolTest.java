package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as seen on the wire. */
class ProtocolTest {
    private static final String TABLES = "/v1/namespaces/db/tables";
    private static final String SCHEMA =
            "{\"type\":\"struct\",\"fields\":[{\"id\":1,\"name\":\"id\",\"required\":true,\"type\":\"long\"}]}";

    private final AtomicBoolean failCommits = new AtomicBoolean();
    private Path folder;
    private RunningCatalog catalog;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        catalog = RunningCatalog.with(
                RunningCatalog.options(folder, CatalogLimits.DEFAULTS),
                database -> new ForwardingCatalogDatabase(database, store -> new ForgetfulStore(store, failCommits)));
        assertThat(catalog.send("POST", "/v1/namespaces", "{\"namespace\":[\"db\"]}")
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    /** Loses the answer of a COMMIT that was carried out. */
    private static final class ForgetfulStore extends ForwardingCatalogStore {
        private final AtomicBoolean fail;

        ForgetfulStore(CatalogStore store, AtomicBoolean fail) {
            super(store);
            this.fail = fail;
        }

        @Override
        public CommitOutcome commit(StoreTransaction transaction) {
            CommitOutcome outcome = super.commit(transaction);
            if (fail.getAndSet(false)) {
                throw new TarnException(ErrorKind.UNKNOWN_OUTCOME, "The disk failed during COMMIT");
            }
            return outcome;
        }
    }

    @Test
    void aCommitOfUnknownOutcomeKeepsItsFileAndARetryWithTheSameKeyLearnsTheTruth() {
        create("t");
        String key = UUID.randomUUID().toString();
        failCommits.set(true);

        HttpResponse<String> first = commit("t", "a", key);
        assertThat(first.statusCode()).isEqualTo(500);
        assertThat(first.body()).contains("CommitStateUnknownException");

        HttpResponse<String> retry = commit("t", "a", key);
        assertThat(retry.statusCode()).isEqualTo(200);
        assertThat(retry.body())
                .isEqualTo(catalog.send("GET", TABLES + "/t", "").body());
        assertThat(retry.body()).contains("\"a\":\"1\"").contains("/metadata/00001-");
    }

    @Test
    void aKeyRepeatsItsAnswerAndRefusesAnotherRequest() {
        create("t");
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = commit("t", "a", key);
        assertThat(commit("t", "b", null).statusCode()).isEqualTo(200);

        assertThat(commit("t", "a", key).body()).isEqualTo(first.body());
        assertThat(commit("t", "c", key).statusCode()).isEqualTo(422);
        assertThat(catalog.send("GET", TABLES + "/t", "").body()).contains("/metadata/00002-");
    }

    @Test
    void aKeyRepeatsAMistakeEvenIfItWouldSucceedNow() {
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = commit("t", "a", key);
        assertThat(first.statusCode()).isEqualTo(404);
        create("t");

        assertThat(commit("t", "a", key).body()).isEqualTo(first.body());
    }

    @Test
    void anUnchangedTableAnswersNotModifiedAndAChangedOneDoesNot() {
        create("t");
        String etag = etag("");
        String refs = etag("?snapshots=refs");
        assertThat(refs).isNotEqualTo(etag);
        assertThat(catalog.send("GET", TABLES + "/t", "", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        assertThat(catalog.send("GET", TABLES + "/t", "", "If-None-Match", refs).statusCode())
                .isEqualTo(200);

        commit("t", "a", null);

        assertThat(catalog.send("GET", TABLES + "/t", "", "If-None-Match", etag).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"a%20b,a b", "a+b,a b", "a%2Bb,a+b", "a%2Fb,a/b", "a.b,a.b", "%C3%A9%F0%9F%8F%94,é🏔", "%2E%2E,.."})
    void namesComeBackAsTheyWereSent(String encoded, String name) throws IOException {
        assertThat(create(name).statusCode()).isEqualTo(200);

        assertThat(catalog.send("HEAD", TABLES + "/" + encoded, "").statusCode())
                .isEqualTo(204);
        assertThat(new ObjectMapper()
                        .readTree(catalog.send("GET", TABLES, "").body())
                        .at("/identifiers/0/name")
                        .textValue())
                .isEqualTo(name);
        assertThat(catalog.send("DELETE", TABLES + "/" + encoded, "").statusCode())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%00b", "a%0Ab", "%ff", "%", "%2", "%zz", "%ED%A0%80", ""})
    void namesThatCannotBeKeptAreRefused(String encoded) throws IOException {
        assertThat(statusOfRaw(TABLES + "/" + encoded)).isEqualTo(400);
    }

    @Test
    void namesBeyondTheLimitAreRefused() {
        assertThat(create("x".repeat(255)).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = create("x".repeat(256));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("255 bytes").contains("BadRequestException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc", "s3://other/t", "WAREHOUSE/../x", "WAREHOUSE-sibling/t", "WAREHOUSE"})
    void locationsOutsideTheWarehouseAreRefused(String location) {
        String warehouse = folder.resolve("warehouse").toUri().toString().replaceAll("/$", "");
        String body = "{\"name\":\"t\",\"schema\":%s,\"location\":\"%s\"}"
                .formatted(SCHEMA, location.replace("WAREHOUSE", warehouse));

        assertThat(catalog.send("POST", TABLES, body).statusCode()).isIn(400, 403);
        assertThat(catalog.send("HEAD", TABLES + "/t", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aBodyThatInflatesBeyondTheLimitIsRefused(@TempDir Path other) throws IOException {
        CatalogLimits small = new CatalogLimits(
                new DataSize(100_000),
                10,
                2,
                10,
                2,
                DataSize.ofMegabytes(1),
                Duration.ofMinutes(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(new byte[10_000_000]);
        }
        try (RunningCatalog limited = RunningCatalog.with(RunningCatalog.options(other, small), database -> database)) {
            HttpRequest bomb = HttpRequest.newBuilder(URI.create(limited.uri() + "/v1/namespaces"))
                    .header("Content-Encoding", "gzip")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()))
                    .build();
            assertThat(limited.send(bomb).statusCode()).isEqualTo(413);
            assertThat(limited.send("POST", "/v1/namespaces", " ".repeat(100_001))
                            .statusCode())
                    .isEqualTo(413);
            assertThat(limited.send("GET", "/health/ready", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theConfigListsExactlyWhatIsAnswered() {
        String body = catalog.send("GET", "/v1/config", "").body();
        assertThat(body)
                .contains("\"POST /v1/{prefix}/transactions/commit\"")
                .contains("\"POST /v1/{prefix}/namespaces/{namespace}/register-view\"")
                .contains("\"namespace-separator\":\"%1F\"")
                .contains("\"idempotency-key-lifetime\":\"PT30M\"");
        assertThat(catalog.send("GET", "/v1/config?warehouse=elsewhere", "").body())
                .contains("NoSuchWarehouseException");
        assertThat(catalog.send("GET", "/v1/nothing", "").statusCode()).isEqualTo(404);
        assertThat(catalog.send("PUT", "/v1/namespaces", "{}").statusCode()).isEqualTo(405);
        assertThat(catalog.send("POST", "/v1/namespaces", "{\"namespace\":[\"x\"]}]")
                        .statusCode())
                .isEqualTo(400);
        assertThat(catalog.send("GET", TABLES + "?pageToken=bad", "").statusCode())
                .isEqualTo(400);
    }

    @Test
    void aWarehouseIsReachedByItsPrefixAndTheDefaultOneWithoutOneToo() {
        create("t");
        String body = catalog.send("GET", TABLES + "/t", "").body();

        assertThat(catalog.send("GET", "/v1/config", "").body()).doesNotContain("\"prefix\":");
        assertThat(catalog.send("GET", "/v1/config?warehouse=default", "").body())
                .contains("\"prefix\":\"default\"");
        assertThat(catalog.send("GET", "/v1/config?warehouse=" + folder.resolve("warehouse"), "")
                        .body())
                .contains("\"prefix\":\"default\"");
        assertThat(catalog.send("GET", TABLES.replace("/v1", "/v1/default") + "/t", "")
                        .body())
                .isEqualTo(body);
        assertThat(catalog.send("GET", TABLES.replace("/v1", "/v1/elsewhere") + "/t", "")
                        .body())
                .contains("NoSuchWarehouseException");
        assertThat(catalog.send("GET", "/v1/default/nothing", "").body()).contains("NotFoundException");
    }

    @Test
    void aDrainingServerIsNotReadyButAnswers() {
        assertThat(catalog.send("GET", "/health/ready", "").statusCode()).isEqualTo(200);
        catalog.server().drain(Duration.ofSeconds(5));

        assertThat(catalog.send("GET", "/health/ready", "").statusCode()).isEqualTo(503);
        assertThat(catalog.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
        assertThat(catalog.send("GET", "/metrics", "").body()).contains("tarn_catalog_requests");
    }

    @Test
    void aSecondServerOnTheFolderOrThePortIsRefused(@TempDir Path other) {
        assertThatThrownBy(() -> RunningCatalog.over(folder))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("in use by another process");
        CatalogOptions samePort = new CatalogOptions(
                "127.0.0.1",
                catalog.uri().getPort(),
                other,
                WarehouseUri.parse(other.toString()),
                S3Settings.DEFAULTS,
                DelegationSettings.NONE,
                CatalogLimits.DEFAULTS);
        assertThatThrownBy(() -> RunningCatalog.with(samePort, database -> database))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("catalog.port");
    }

    @Test
    void aServerBeyondLoopbackWithoutALoginIsRefused() {
        assertThatThrownBy(() -> new CatalogOptions(
                        "0.0.0.0",
                        0,
                        folder,
                        WarehouseUri.parse(folder.toString()),
                        S3Settings.DEFAULTS,
                        DelegationSettings.NONE,
                        CatalogLimits.DEFAULTS))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("catalog.allow-unauthenticated");
    }

    private HttpResponse<String> create(String name) {
        return catalog.send("POST", TABLES, "{\"name\":\"%s\",\"schema\":%s}".formatted(name, SCHEMA));
    }

    private HttpResponse<String> commit(String table, String property, String key) {
        String body = "{\"requirements\":[],\"updates\":[{\"action\":\"set-properties\",\"updates\":{\"%s\":\"1\"}}]}"
                .formatted(property);
        return key == null
                ? catalog.send("POST", TABLES + "/" + table, body)
                : catalog.send("POST", TABLES + "/" + table, body, "Idempotency-Key", key);
    }

    private String etag(String query) {
        return catalog.send("GET", TABLES + "/t" + query, "")
                .headers()
                .firstValue("etag")
                .orElseThrow();
    }

    /** The status of a request whose path java.net.URI would refuse, sent by a plain socket. */
    private int statusOfRaw(String path) throws IOException {
        URI uri = catalog.uri();
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return Integer.parseInt(in.readLine().split(" ", -1)[1]);
        }
    }
}
