package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.catalog.credentials.StsSettings;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import dev.tarn.testkit.S3Fixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What callers with different grants get to reach the files of one table, against a store that enforces it. */
class CredentialsOfCallersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLE = "/v1/namespaces/db/tables/t";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private S3Fixture s3;
    private WarehouseUri warehouse;
    private RunningCatalog catalog;
    private String administrator;
    private String location;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        s3 = S3Fixture.shared();
        assumeThat(s3.description())
                .as("needs MinIO, which has a token service: a minio program or a container")
                .contains("minio");
        warehouse = s3.warehouse();
        Logger audit = (Logger) LoggerFactory.getLogger("tarn.audit");
        audit.setLevel(Level.INFO);
        log.start();
        audit.addAppender(log);
        DelegationSettings temporary = new DelegationSettings(
                Optional.of(new StsSettings(
                        "arn:minio:iam:::role/tarn", "", "", Optional.empty(), StsSettings.DEFAULT_SESSION_DURATION)),
                false,
                false,
                false);
        catalog = RunningCatalog.with(
                new CatalogOptions("127.0.0.1", 0, folder, warehouse, s3.settings(), temporary, CatalogLimits.DEFAULTS)
                        .with(OwnLoginTest.own(Duration.ofHours(1))),
                database -> database);
        administrator = token("root-id", OwnLoginTest.ROOT_SECRET);
        send("POST", "/v1/namespaces", "{\"namespace\":[\"db\"]}", administrator);
        JsonNode made = send(
                "POST",
                "/v1/namespaces/db/tables",
                "{\"name\":\"t\",\"schema\":{\"type\":\"struct\",\"fields\":[]}}",
                administrator);
        location = made.path("metadata").path("location").asText();
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger("tarn.audit")).detachAppender(log);
        if (catalog != null) {
            catalog.close();
        }
    }

    @Test
    void aReaderCanReadAWriterCanWriteAndTheAuditSaysWhoGotWhat() throws IOException {
        String reader = caller("reader", "TABLE_READ_DATA");
        String writer = caller("writer", "TABLE_WRITE_DATA");
        String looker = caller("looker", "TABLE_READ_PROPERTIES");

        try (S3Client writing = s3(load(writer));
                S3Client reading = s3(load(reader))) {
            assertThatCode(() -> put(writing)).doesNotThrowAnyException();
            assertThat(reading.getObjectAsBytes(get -> get.bucket(bucket()).key(key()))
                            .asUtf8String())
                    .isEqualTo("rows");
            assertThatThrownBy(() -> put(reading))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }

        assertThat(catalog.send("GET", TABLE, "", "Authorization", "Bearer " + looker)
                        .statusCode())
                .isEqualTo(200);
        assertThat(load(catalog.send(
                                "GET",
                                TABLE,
                                "",
                                "Authorization",
                                "Bearer " + looker,
                                "X-Iceberg-Access-Delegation",
                                "vended-credentials"))
                        .has("storage-credentials"))
                .isFalse();
        assertThat(log.list.stream()
                        .map(ILoggingEvent::getFormattedMessage)
                        .filter(line -> line.contains("read-credentials")))
                .hasSize(2)
                .allMatch(line -> line.contains("allowed") && !line.contains("ession"));
    }

    private void put(S3Client client) {
        client.putObject(put -> put.bucket(bucket()).key(key()), RequestBody.fromString("rows"));
    }

    private String bucket() {
        return warehouse.bucket();
    }

    private String key() {
        return location.substring(location.indexOf(bucket()) + bucket().length() + 1) + "/data/f";
    }

    private JsonNode load(String token) throws IOException {
        return load(catalog.send(
                        "GET",
                        TABLE,
                        "",
                        "Authorization",
                        "Bearer " + token,
                        "X-Iceberg-Access-Delegation",
                        "vended-credentials"))
                .path("storage-credentials")
                .path(0)
                .path("config");
    }

    private static JsonNode load(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    private S3Client s3(JsonNode config) {
        S3Settings settings = s3.settings();
        return S3Client.builder()
                .endpointOverride(URI.create(settings.endpoint()))
                .region(Region.of(settings.region()))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsSessionCredentials.create(
                        config.path("s3.access-key-id").asText(),
                        config.path("s3.secret-access-key").asText(),
                        config.path("s3.session-token").asText())))
                .build();
    }

    private String caller(String name, String privilege) throws IOException {
        send("POST", "/management/v1/roles", "{\"name\":\"%s\"}".formatted(name), administrator);
        send(
                "POST",
                "/management/v1/roles/" + name + "/grants",
                "{\"privilege\":\"%s\",\"on\":{\"warehouse\":\"default\",\"namespace\":[\"db\"],\"table\":\"t\"}}"
                        .formatted(privilege),
                administrator);
        JsonNode made = send("POST", "/management/v1/principals", "{\"name\":\"%s\"}".formatted(name), administrator);
        send("PUT", "/management/v1/principals/" + name + "/roles/" + name, "", administrator);
        return token(made.path("client-id").asText(), made.path("client-secret").asText());
    }

    private String token(String id, String secret) throws IOException {
        return JSON.readTree(catalog.send(
                                "POST",
                                "/v1/oauth/tokens",
                                "grant_type=client_credentials&client_id=%s&client_secret=%s".formatted(id, secret),
                                "content-type",
                                "application/x-www-form-urlencoded")
                        .body())
                .path("access_token")
                .asText();
    }

    private JsonNode send(String method, String path, String body, String token) throws IOException {
        HttpResponse<String> answer = catalog.send(method, path, body, "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
    }
}
