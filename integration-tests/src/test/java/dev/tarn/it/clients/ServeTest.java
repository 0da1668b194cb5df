package dev.tarn.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The all-in-one server as scripts see it. */
final class ServeTest {
    @TempDir
    Path folder;

    @Test
    void answersHealthConfigAndMetricsAndEndsWithZeroOnSigterm() throws Exception {
        try (ServedLake lake = start()) {
            assertThat(status(lake.catalog, "/health/live")).isEqualTo(200);
            assertThat(status(lake.catalog, "/health/ready")).isEqualTo(200);
            assertThat(status(lake.catalog, "/v1/config")).isEqualTo(200);
            assertThat(status(lake.catalog, "/metrics")).isEqualTo(200);
            assertThat(lake.terminate()).isZero();
        }
    }

    @Test
    void aSecondProcessOnTheSameDataFolderIsToldSo() throws Exception {
        try (ServedLake lake = start()) {
            ServedLake.Outcome second = serve("--catalog-port", "0", "--flight-port", "0");

            assertThat(second.exitCode()).isEqualTo(6);
            assertOneSentence(second);
            assertThat(lake.terminate()).isZero();
        }
    }

    @Test
    void aUsedPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            ServedLake.Outcome outcome = serve("--catalog-port", port, "--flight-port", "0");

            assertThat(outcome.exitCode()).isNotZero();
            assertThat(outcome.stderr()).contains(port);
            assertOneSentence(outcome);
        }
    }

    @Test
    void aWarehouseThatDoesNotAnswerStopsTheStartAndIsNamed() throws Exception {
        ServedLake.Outcome outcome = ServedLake.run(ServedLake.command(
                Map.of("TARN_S3_ACCESS_KEY_ID", "some-key", "TARN_S3_SECRET_ACCESS_KEY", "some-secret"),
                List.of(
                        "serve",
                        "--data",
                        folder.toString(),
                        "--warehouse",
                        "s3://lake/warehouse",
                        "--s3-endpoint",
                        "http://127.0.0.1:1",
                        "--s3-region",
                        "us-east-1",
                        "--catalog-port",
                        "0",
                        "--flight-port",
                        "0")));

        assertThat(outcome.exitCode()).isEqualTo(14);
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr())
                .contains("Cannot reach the warehouse s3://lake/warehouse at http://127.0.0.1:1")
                .doesNotContain("some-secret")
                .doesNotContain("\tat ");
    }

    @Test
    void anUnknownSettingStopsTheStartAndIsNamed() throws Exception {
        ServedLake.Outcome outcome = ServedLake.run(
                ServedLake.command(Map.of("TARN_CATALOG_PROT", "1"), List.of("serve", "--data", folder.toString())));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.stderr()).contains("TARN_CATALOG_PROT").contains("TARN_CATALOG_PORT");
        assertOneSentence(outcome);
    }

    @Test
    void anUnreachableServerIsExplained() throws Exception {
        ServedLake.Outcome outcome = ServedLake.run(
                ServedLake.command(Map.of(), List.of("sql", "--flight", "grpc://127.0.0.1:1", "SELECT 1")));

        assertThat(outcome.exitCode()).isNotZero();
        assertThat(outcome.stderr()).contains("tarn serve");
        assertOneSentence(outcome);
    }

    @Test
    void sqlMistakesNameTheNearestTable() throws Exception {
        try (ServedLake lake = start()) {
            assertThat(lake.tarn("namespace", "create", "lake", "--catalog", lake.catalog.toString())
                            .exitCode())
                    .isZero();
            ServedLake.Outcome outcome =
                    lake.tarn("sql", "--flight", lake.flight.toString(), "SELECT * FROM lake.flihgts");

            assertThat(outcome.exitCode()).isNotZero();
            assertThat(outcome.stderr()).contains("flihgts");
            assertOneSentence(outcome);
        }
    }

    private ServedLake start() throws Exception {
        return ServedLake.start(
                folder.resolve("data"), folder.resolve("warehouse").toString(), Map.of());
    }

    private ServedLake.Outcome serve(String... flags) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--data", folder.resolve("data").toString()));
        arguments.addAll(List.of(flags));
        return ServedLake.run(ServedLake.command(Map.of(), arguments));
    }

    private static void assertOneSentence(ServedLake.Outcome outcome) {
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(outcome.stderr().strip().lines().filter(line -> !line.startsWith("WARNING:")))
                .hasSizeBetween(1, 2);
    }

    private static int status(URI server, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.resolve(path)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
