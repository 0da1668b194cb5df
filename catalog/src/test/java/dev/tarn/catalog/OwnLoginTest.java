package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.auth.AuthMode;
import dev.tarn.catalog.auth.AuthSettings;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.storage.RestCatalogs;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client ids, secrets and the tokens that the catalog signs for them. */
class OwnLoginTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    static final String ROOT_SECRET = "a-secret-for-tests-0123456789";

    private Path folder;
    private RunningCatalog catalog;

    static AuthSettings own(Duration lifetime) {
        return new AuthSettings(
                Set.of(AuthMode.OWN),
                lifetime,
                "root-id",
                Optional.of(Secret.of(ROOT_SECRET)),
                "",
                List.of(),
                Optional.empty());
    }

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        catalog = start(own(Duration.ofHours(1)));
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    private RunningCatalog start(AuthSettings auth) {
        return RunningCatalog.with(
                RunningCatalog.options(folder, CatalogLimits.DEFAULTS).with(auth), database -> database);
    }

    @Test
    void aClientIdAndItsSecretGiveATokenInTheFormOrInTheHeader() throws IOException {
        JsonNode inForm = json(login("root-id", ROOT_SECRET));
        HttpResponse<String> inHeader =
                token("grant_type=client_credentials&scope=catalog", "Authorization", basic("root-id", ROOT_SECRET));

        assertThat(inForm.path("token_type").asText()).isEqualTo("bearer");
        assertThat(inForm.path("expires_in").asInt()).isEqualTo(3600);
        assertThat(inForm.path("issued_token_type").asText())
                .isEqualTo("urn:ietf:params:oauth:token-type:access_token");
        assertThat(inHeader.statusCode()).isEqualTo(200);
        assertThat(inHeader.headers().firstValue("cache-control")).contains("no-store");
        assertThat(get("/v1/namespaces", inForm.path("access_token").asText()).statusCode())
                .isEqualTo(200);
        assertThat(catalog.send("GET", "/v1/namespaces", "").statusCode()).isEqualTo(401);
    }

    @Test
    void theTokenEndpointRefusesInTheWordsOfItsProtocol() throws IOException {
        refused(login("root-id", "wrong"), 401, "invalid_client");
        refused(login("nobody", ROOT_SECRET), 401, "invalid_client");
        refused(token("grant_type=client_credentials"), 401, "invalid_client");
        refused(token("grant_type=password&username=a&password=b"), 400, "unsupported_grant_type");
        refused(token("client_id=root-id&client_secret=x"), 400, "invalid_request");
        refused(token("grant_type=client_credentials&grant_type=x"), 400, "invalid_request");
        refused(token("grant_type=client_credentials&client_id=a"), 400, "invalid_request");
        refused(
                token(
                        "grant_type=client_credentials&client_id=root-id&client_secret=" + ROOT_SECRET,
                        "Authorization",
                        basic("root-id", ROOT_SECRET)),
                400,
                "invalid_request");
        refused(token("grant_type=client_credentials", "Authorization", "Basic %%%"), 400, "invalid_request");
        refused(
                catalog.send("POST", "/v1/oauth/tokens", "{}", "content-type", "application/json"),
                400,
                "invalid_request");
        refused(exchange("no.real.token"), 400, "invalid_grant");
        assertThat(login("root-id", "wrong").headers().firstValue("www-authenticate"))
                .contains("Basic realm=\"tarn\"");
    }

    @Test
    void whoGuessesIsSlowedDownAndOthersAreNot() throws IOException {
        for (int i = 0; i < 10; i++) {
            refused(login("guessed", "wrong-" + i), 401, "invalid_client");
        }

        HttpResponse<String> slowed = login("guessed", "wrong");
        assertThat(slowed.statusCode()).isEqualTo(429);
        assertThat(slowed.headers().firstValue("retry-after")).contains("60");
        assertThat(login("root-id", ROOT_SECRET).statusCode()).isEqualTo(200);
    }

    @Test
    void aTokenIsExchangedForANewOneUntilItsSecretIsReplaced() throws IOException {
        String root = json(login("root-id", ROOT_SECRET)).path("access_token").asText();
        JsonNode made = json(post("/management/v1/principals", "{\"name\":\"etl\"}", root));
        String held = json(login(
                        made.path("client-id").asText(),
                        made.path("client-secret").asText()))
                .path("access_token")
                .asText();
        String renewed = json(exchange(held)).path("access_token").asText();
        assertThat(get("/v1/config", renewed).statusCode()).isEqualTo(200);

        JsonNode rotated = json(post("/management/v1/principals/etl/rotate", "", root));

        refused(exchange(renewed), 400, "invalid_grant");
        refused(
                login(
                        made.path("client-id").asText(),
                        made.path("client-secret").asText()),
                401,
                "invalid_client");
        assertThat(login(
                                rotated.path("client-id").asText(),
                                rotated.path("client-secret").asText())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aPrincipalThatIsSwitchedOffIsOutAtOnce() throws IOException {
        String root = json(login("root-id", ROOT_SECRET)).path("access_token").asText();
        JsonNode made = json(post("/management/v1/principals", "{\"name\":\"etl\"}", root));
        String held = json(login(
                        made.path("client-id").asText(),
                        made.path("client-secret").asText()))
                .path("access_token")
                .asText();
        assertThat(get("/v1/config", held).statusCode()).isEqualTo(200);

        assertThat(post("/management/v1/principals/etl/deactivate", "", root).statusCode())
                .isEqualTo(200);

        assertThat(get("/v1/config", held).statusCode()).isEqualTo(401);
        refused(exchange(held), 400, "invalid_grant");
        assertThat(post("/management/v1/principals/etl/activate", "", root).statusCode())
                .isEqualTo(200);
        assertThat(get("/v1/config", held).statusCode()).isEqualTo(200);
        assertThat(post("/management/v1/principals/%s/deactivate".formatted("root"), "", root)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void tokensSurviveARestartAndANewSigningKey() throws IOException {
        String held = json(login("root-id", ROOT_SECRET)).path("access_token").asText();
        assertThat(post("/management/v1/signing-keys/rotate", "", held).statusCode())
                .isEqualTo(204);
        String fresh = json(login("root-id", ROOT_SECRET)).path("access_token").asText();
        catalog.close();
        catalog = start(own(Duration.ofHours(1)));

        assertThat(get("/v1/namespaces", held).statusCode()).isEqualTo(200);
        assertThat(get("/v1/namespaces", fresh).statusCode()).isEqualTo(200);
    }

    @Test
    void aNewCatalogWritesItsAdministratorIntoAFileThatOnlyItsOwnerReads(@TempDir Path other) throws IOException {
        folder = other;
        AuthSettings generated = new AuthSettings(
                Set.of(AuthMode.OWN), Duration.ofHours(1), "", Optional.empty(), "", List.of(), Optional.empty());
        String first;
        try (RunningCatalog fresh = start(generated)) {
            first = credential();
            try (RESTCatalog client = fresh.client(Map.of("credential", first))) {
                assertThat(client.listNamespaces()).isEmpty();
            }
        }
        try (RunningCatalog again = start(generated)) {
            assertThat(credential()).isEqualTo(first);
            assertThat(again.client(Map.of("credential", first)).listNamespaces())
                    .isEmpty();
        }
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("data").resolve("root.properties"))))
                .isEqualTo("rw-------");
    }

    @Test
    void icebergsClientLogsInAndRenewsItsTokenAcrossSeveralLives() throws IOException {
        catalog.close();
        catalog = start(own(Duration.ofSeconds(4)));
        Schema schema = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
        try (RESTCatalog client = catalog.client(Map.of("credential", "root-id:" + ROOT_SECRET))) {
            client.createNamespace(Namespace.of("db"));
            client.createTable(TableIdentifier.of("db", "t"), schema);
            long end = System.nanoTime() + Duration.ofSeconds(50).toNanos();
            int[] loads = {0};
            // A token counts for 34 seconds, skew included: after 50 it was renewed, or nothing works any more.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        client.loadTable(TableIdentifier.of("db", "t"));
                        loads[0]++;
                        return System.nanoTime() > end;
                    });
            assertThat(loads[0]).isGreaterThan(20);
        }
    }

    @Test
    void aWrongCredentialIsToldToTheClient() {
        assertThatThrownBy(
                        () -> RestCatalogs.open(catalog.uri(), "", Map.of("credential", "root-id:wrong-wrong-wrong")))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED))
                .hasMessageContaining("refused the login")
                .hasMessageNotContaining("wrong-wrong-wrong");
    }

    @Test
    void beyondLoopbackALoginIsNeeded() {
        assertThatThrownBy(() -> options("open"))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("'catalog.auth.mode' to own or oidc");
        assertThat(options("own").isOnLoopback()).isFalse();
    }

    private CatalogOptions options(String mode) {
        return CatalogOptions.from(
                SettingsReader.of(Map.of("catalog.host", "0.0.0.0", "catalog.auth.mode", mode)),
                folder,
                WarehouseUri.parse(folder.toString()),
                S3Settings.DEFAULTS);
    }

    private String credential() throws IOException {
        Properties properties = new Properties();
        properties.load(Files.newBufferedReader(folder.resolve("data").resolve("root.properties")));
        return properties.getProperty("client.credential");
    }

    private HttpResponse<String> get(String path, String token) {
        return catalog.send("GET", path, "", "Authorization", "Bearer " + token);
    }

    private HttpResponse<String> post(String path, String body, String token) {
        return catalog.send("POST", path, body, "Authorization", "Bearer " + token);
    }

    private HttpResponse<String> login(String id, String secret) {
        return token("grant_type=client_credentials&client_id=%s&client_secret=%s".formatted(id, secret));
    }

    private HttpResponse<String> exchange(String token) {
        return token("grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token_type="
                + "urn:ietf:params:oauth:token-type:access_token&subject_token=" + token);
    }

    private HttpResponse<String> token(String form, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "content-type";
        all[1] = FORM;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return catalog.send("POST", "/v1/oauth/tokens", form, all);
    }

    private static String basic(String id, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(HttpResponse<String> answer, int status, String error) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("error").asText()).isEqualTo(error);
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }
}
