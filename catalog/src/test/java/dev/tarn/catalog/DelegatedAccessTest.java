package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.credentials.AccessMechanism;
import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.catalog.credentials.StorageAccess;
import dev.tarn.catalog.credentials.StsSettings;
import dev.tarn.catalog.credentials.TableAccess;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import dev.tarn.testkit.S3Fixture;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Clients that bring no keys of their own, against a store that enforces what it is told. */
class DelegatedAccessTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final String VENDED = "vended-credentials";
    private static final String SIGNED = "remote-signing";

    @TempDir
    private Path folder;

    private S3Fixture s3;
    private WarehouseUri warehouse;

    @BeforeEach
    void findStore() {
        s3 = S3Fixture.shared();
        assumeThat(s3.description())
                .as("needs MinIO, which has a token service: a minio program or a container")
                .contains("minio");
        warehouse = s3.warehouse();
    }

    private RunningCatalog catalog;

    @AfterEach
    void stop() {
        if (catalog != null) {
            catalog.close();
        }
    }

    private RunningCatalog start(DelegationSettings delegation) {
        catalog = RunningCatalog.with(
                new CatalogOptions(
                        "127.0.0.1",
                        0,
                        folder.resolve("data"),
                        warehouse,
                        s3.settings(),
                        delegation,
                        CatalogLimits.DEFAULTS),
                store -> store);
        return catalog;
    }

    private static DelegationSettings temporary() {
        return new DelegationSettings(
                Optional.of(new StsSettings(
                        "arn:minio:iam:::role/tarn", "", "", Optional.empty(), StsSettings.DEFAULT_SESSION_DURATION)),
                false,
                false,
                false);
    }

    private static DelegationSettings signing() {
        return new DelegationSettings(Optional.empty(), true, false, false);
    }

    private RESTCatalog client(String mechanism) {
        return catalog.client(Map.of("header.X-Iceberg-Access-Delegation", mechanism));
    }

    private Table table(RESTCatalog client, String name) {
        Namespace namespace = Namespace.of("n");
        if (!client.namespaceExists(namespace)) {
            client.createNamespace(namespace);
        }
        return client.createTable(
                TableIdentifier.of(namespace, name),
                SCHEMA,
                PartitionSpec.unpartitioned(),
                warehouse + "/" + name,
                Map.of());
    }

    private JsonNode load(String name, String mechanism) throws IOException {
        HttpResponse<String> loaded =
                catalog.send("GET", "/v1/namespaces/n/tables/" + name, "", "X-Iceberg-Access-Delegation", mechanism);
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
        return JSON.readTree(loaded.body());
    }

    private S3Client with(JsonNode config) {
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

    private static void assertForbidden(Callable<?> request) {
        assertThatThrownBy(request::call)
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(403))
                .hasMessageContaining("403");
    }

    @Test
    void vendedCredentialsReachOneTableAndNoSibling() throws IOException {
        start(temporary());
        RESTCatalog client = client(VENDED);
        table(client, "A");
        table(client, "A-2");
        String other = s3.newBucket("other");

        JsonNode credentials = load("A", VENDED).path("storage-credentials");

        assertThat(credentials).hasSize(1);
        assertThat(credentials.get(0).path("prefix").asText()).isEqualTo(warehouse + "/A/");
        String bucket = warehouse.bucket();
        try (S3Client mine = with(credentials.get(0).path("config"))) {
            mine.putObject(r -> r.bucket(bucket).key("tables/A/data/f"), RequestBody.fromString("mine"));
            assertThat(mine.getObjectAsBytes(r -> r.bucket(bucket).key("tables/A/data/f"))
                            .asUtf8String())
                    .isEqualTo("mine");
            assertThat(mine.listObjectsV2(r -> r.bucket(bucket).prefix("tables/A/"))
                            .contents())
                    .isNotEmpty();
            mine.deleteObject(r -> r.bucket(bucket).key("tables/A/data/f"));

            RequestBody body = RequestBody.fromString("x");
            assertForbidden(() -> mine.putObject(r -> r.bucket(bucket).key("tables/A-2/data/f"), body));
            assertForbidden(() -> mine.putObject(r -> r.bucket(bucket).key("tables/A"), body));
            assertForbidden(() -> mine.putObject(r -> r.bucket(other).key("tables/A/data/f"), body));
            assertForbidden(() -> mine.listObjectsV2(r -> r.bucket(bucket).prefix("tables/A-2/")));
            assertForbidden(() -> mine.listObjectsV2(r -> r.bucket(bucket).prefix("tables/A")));
            assertForbidden(() -> mine.listObjectsV2(r -> r.bucket(bucket)));
        }
    }

    @Test
    void credentialsOfAReaderReadAndDoNothingElse() {
        String bucket = warehouse.bucket();
        s3.client().putObject(r -> r.bucket(bucket).key("tables/A/data/f"), RequestBody.fromString("x"));
        TableMetadata metadata =
                TableMetadata.newTableMetadata(SCHEMA, PartitionSpec.unpartitioned(), warehouse + "/A", Map.of());
        try (StorageAccess access = StorageAccess.open(warehouse, s3.settings(), temporary(), Clock.systemUTC());
                S3Client reader = with(JSON.valueToTree(access.delegate(
                                Set.of(AccessMechanism.VENDED_CREDENTIALS),
                                new StorageAccess.Subject("", () -> metadata, folder -> true, "v1"),
                                TableAccess.READ)
                        .config()))) {
            assertThat(reader.getObjectAsBytes(r -> r.bucket(bucket).key("tables/A/data/f"))
                            .asUtf8String())
                    .isEqualTo("x");
            RequestBody body = RequestBody.fromString("y");
            assertForbidden(() -> reader.putObject(r -> r.bucket(bucket).key("tables/A/data/f"), body));
            assertForbidden(() -> reader.deleteObject(r -> r.bucket(bucket).key("tables/A/data/f")));
            assertForbidden(
                    () -> reader.createMultipartUpload(r -> r.bucket(bucket).key("tables/A/data/g")));
        }
    }

    @Test
    void icebergClientWorksWithVendedCredentials() throws IOException {
        start(temporary());
        worksEndToEnd(client(VENDED));
    }

    @Test
    void icebergClientWorksWithRemoteSigningAndHasNoKeys() throws IOException {
        start(signing());
        worksEndToEnd(client(SIGNED));
        assertThat(load("t", SIGNED).path("config").has("s3.access-key-id")).isFalse();
    }

    @Test
    void bestOfferedMechanismIsChosen() throws IOException {
        start(new DelegationSettings(temporary().sts(), true, true, false));
        table(client(VENDED), "A");

        assertThat(load("A", "odd, remote-signing,vended-credentials").path("storage-credentials"))
                .hasSize(1);
        assertThat(load("A", SIGNED)
                        .path("config")
                        .path("s3.remote-signing-enabled")
                        .asText())
                .isEqualTo("true");
        assertThat(load("A", SIGNED).has("remote-signing-config")).isTrue();
        assertThat(load("A", "odd").has("storage-credentials")).isFalse();
    }

    @Test
    void refreshGivesTheCredentialsOfTheWindow() throws IOException {
        start(temporary());
        table(client(VENDED), "A");
        JsonNode config = load("A", VENDED).path("config");

        HttpResponse<String> refreshed = catalog.send(
                "GET",
                "/" + config.path("client.refresh-credentials-endpoint").asText() + "?planId=p&referenced-by=v",
                "");

        assertThat(refreshed.statusCode()).isEqualTo(200);
        JsonNode credentials = JSON.readTree(refreshed.body()).path("storage-credentials");
        assertThat(credentials).hasSize(1);
        assertThat(credentials.get(0).path("config").path("s3.session-token"))
                .isEqualTo(config.path("s3.session-token"));
        assertThat(refreshed.headers().firstValue("cache-control")).contains("no-store");
        catalog.send("DELETE", "/v1/namespaces/n/tables/A", "");
        assertThat(catalog.send("GET", "/v1/namespaces/n/tables/A/credentials", "")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void unchangedTableIsNotSentAgainWithinTheWindow() throws IOException {
        start(temporary());
        table(client(VENDED), "A");
        String path = "/v1/namespaces/n/tables/A";
        String etag = catalog.send("GET", path, "", "X-Iceberg-Access-Delegation", VENDED)
                .headers()
                .firstValue("etag")
                .orElseThrow();

        assertThat(catalog.send("GET", path, "", "X-Iceberg-Access-Delegation", VENDED, "If-None-Match", etag)
                        .statusCode())
                .isEqualTo(304);
        assertThat(catalog.send("GET", path, "", "If-None-Match", etag).statusCode())
                .isEqualTo(200);
        assertThat(catalog.send("GET", path, "", "X-Iceberg-Access-Delegation", VENDED, "If-None-Match", "*")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void signaturesOfADroppedTableAreRefused() throws IOException {
        start(signing());
        table(client(SIGNED), "A");
        String body = JSON.writeValueAsString(Map.of(
                "region",
                "us-east-1",
                "uri",
                s3.settings().endpoint() + "/" + warehouse.bucket() + "/tables/A/data/f",
                "method",
                "GET",
                "headers",
                Map.of("Range", List.of("bytes=0-1"))));
        HttpResponse<String> signed = catalog.send("POST", "/v1/namespaces/n/tables/A/sign", body);
        assertThat(signed.statusCode()).as(signed.body()).isEqualTo(200);
        assertThat(signed.headers().firstValue("cache-control")).contains("private");
        assertThat(JSON.readTree(signed.body()).path("headers").has("Range")).isFalse();

        catalog.send("DELETE", "/v1/namespaces/n/tables/A", "");

        assertThat(catalog.send("POST", "/v1/namespaces/n/tables/A/sign", body).statusCode())
                .isEqualTo(404);
    }

    @Test
    void tableThatIsStagedIsWrittenWithSignaturesToo() throws IOException {
        start(signing());
        RESTCatalog client = client(SIGNED);
        client.createNamespace(Namespace.of("n"));
        TableIdentifier name = TableIdentifier.of("n", "staged");
        Transaction create = client.newCreateTableTransaction(name, SCHEMA);
        String file = create.table().location() + "/data/f.parquet";
        write(create.table(), file, new byte[] {1});
        create.newAppend()
                .appendFile(DataFiles.builder(PartitionSpec.unpartitioned())
                        .withPath(file)
                        .withFileSizeInBytes(1)
                        .withRecordCount(1)
                        .build())
                .commit();
        create.commitTransaction();

        assertThat(read(client.loadTable(name), file)).containsExactly(1);
    }

    @Test
    void passOfAStagedTableIsGoodForThatTableOnly() throws IOException {
        start(signing());
        table(client(SIGNED), "other");
        HttpResponse<String> staged = catalog.send(
                "POST",
                "/v1/namespaces/n/tables",
                "{\"name\":\"s\",\"stage-create\":true,\"schema\":{\"type\":\"struct\",\"fields\":[]}}",
                "X-Iceberg-Access-Delegation",
                SIGNED);
        JsonNode answer = JSON.readTree(staged.body());
        String location = answer.path("metadata").path("location").asText();
        String pass = answer.path("remote-signing-config")
                .path("properties")
                .path("staged-table")
                .asText();
        assertThat(pass).isNotEmpty().doesNotContain(location);

        assertThat(sign("s", location + "/data/f", pass)).isEqualTo(200);
        assertThat(sign("s", warehouse + "/other/data/f", pass)).isEqualTo(403);
        assertThat(sign("s2", location + "/data/f", pass)).isEqualTo(404);
        assertThat(sign("s", location + "/data/f", pass.substring(0, pass.length() - 4) + "AAAA"))
                .isEqualTo(404);
        assertThat(sign("s", location + "/data/f", "")).isEqualTo(404);
    }

    private int sign(String table, String location, String pass) throws IOException {
        String body = JSON.writeValueAsString(Map.of(
                "region",
                "us-east-1",
                "uri",
                s3.settings().endpoint() + location.substring("s3:/".length()),
                "method",
                "PUT",
                "headers",
                Map.of(),
                "provider",
                "s3",
                "properties",
                Map.of("staged-table", pass)));
        return catalog.send("POST", "/v1/namespaces/n/tables/" + table + "/sign", body)
                .statusCode();
    }

    private void worksEndToEnd(RESTCatalog client) throws IOException {
        Table table = table(client, "t");
        String small = table.location() + "/data/small é+ =.parquet";
        String large = table.location() + "/data/large.parquet";
        byte[] parts = new byte[12 << 20];
        parts[parts.length - 1] = 7;
        write(table, small, "hello".getBytes(StandardCharsets.UTF_8));
        write(table, large, parts);
        table.newAppend()
                .appendFile(DataFiles.builder(table.spec())
                        .withPath(small)
                        .withFileSizeInBytes(5)
                        .withRecordCount(1)
                        .build())
                .commit();

        Table loaded = client.loadTable(TableIdentifier.of("n", "t"));
        assertThat(loaded.currentSnapshot().allManifests(loaded.io())).hasSize(1);
        assertThat(read(loaded, small)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(read(loaded, large)).isEqualTo(parts);
        assertThat(((SupportsPrefixOperations) loaded.io()).listPrefix(table.location() + "/data/"))
                .extracting(FileInfo::location)
                .containsExactlyInAnyOrder(small, large);
        ((SupportsBulkOperations) loaded.io()).deleteFiles(List.of(small, large));
        assertThat(loaded.io().newInputFile(small).exists()).isFalse();
        write(loaded, large, parts);
        loaded.io().deleteFile(large);
        assertThat(loaded.io().newInputFile(large).exists()).isFalse();
        assertThatThrownBy(() -> write(loaded, warehouse + "/t-2/data/f", parts))
                .hasMessageMatching("(?s).*(403|Forbidden).*");
    }

    private static void write(Table table, String location, byte[] bytes) throws IOException {
        OutputFile file = table.io().newOutputFile(location);
        try (OutputStream out = file.createOrOverwrite()) {
            out.write(bytes);
        }
    }

    private static byte[] read(Table table, String location) throws IOException {
        try (InputStream in = table.io().newInputFile(location).newStream()) {
            return in.readAllBytes();
        }
    }
}
