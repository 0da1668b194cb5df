package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.Closer;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.testkit.JavaProcess;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class TelemetryTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @TempDir
    Path folder;

    private final Closer closer = new Closer();

    @AfterEach
    void stop() {
        closer.close();
    }

    @Test
    void aRequestContinuesTheTraceOfItsClientAndReachesTheCollectorWithTheHeaderGiven() throws Exception {
        List<byte[]> received = new CopyOnWriteArrayList<>();
        List<String> logins = new CopyOnWriteArrayList<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        closer.register(() -> collector.stop(0));
        collector.createContext("/v1/traces", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            received.add(
                    "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding")) ? gunzip(body) : body);
            logins.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-login")));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        TarnSettings settings = settings(Map.of(
                "telemetry.otlp-endpoint",
                "http://127.0.0.1:%d/v1/traces".formatted(collector.getAddress().getPort()),
                "telemetry.otlp-header",
                "x-login=open=sesame",
                "telemetry.service-name",
                "the-lake"));
        Telemetry telemetry = Telemetry.start(settings.telemetry());
        CatalogServer catalog = closer.register(CatalogServer.start(
                settings.catalog(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                telemetry.openTelemetry(),
                List.of()));

        HttpRequest request = HttpRequest.newBuilder(catalog.uri().resolve("/v1/namespaces"))
                .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                .build();
        int status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        telemetry.close();

        assertThat(status).isEqualTo(200);
        assertThat(logins).containsOnly("open=sesame");
        String spans = text(received);
        assertThat(spans)
                .contains(
                        "GET /v1/{prefix}/namespaces",
                        "the-lake",
                        latin(HexFormat.of().parseHex(TRACE)));
    }

    /** Logs one line in the shape that its arguments ask for, in a process of its own since the logger is global. */
    static final class LogOneLine {
        public static void main(String[] args) {
            Telemetry.start(TelemetrySettings.from(SettingsReader.of(Map.of("telemetry.log-format", args[0]))))
                    .close();
            MDC.put("trace_id", TRACE);
            LoggerFactory.getLogger("dev.tarn.test").warn("a {} line", "whole");
        }
    }

    @Test
    void aLogLineIsAJsonObjectThatNamesItsTraceIfSoWanted() throws IOException {
        try (JavaProcess process = JavaProcess.start(LogOneLine.class.getName(), List.of("json"))) {
            String line = process.awaitLine("whole", Duration.ofSeconds(60));
            JsonNode logged = new ObjectMapper().readTree(line);

            assertThat(logged.path("formattedMessage").asText()).isEqualTo("a whole line");
            assertThat(logged.path("level").asText()).isEqualTo("WARN");
            assertThat(logged.path("mdc").path("trace_id").asText()).isEqualTo(TRACE);
        }
    }

    @Test
    void wrongValuesAreNamed() {
        assertThatThrownBy(() -> settings(Map.of("telemetry.log-format", "xml")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("'telemetry.log-format' must be text or json but was 'xml'");
        assertThatThrownBy(() -> settings(Map.of("telemetry.otlp-endpoint", "collector")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("telemetry.otlp-endpoint");
        assertThatThrownBy(() -> settings(Map.of("telemetry.otlp-header", "secret")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("name=value")
                .hasMessageNotContaining("secret");
    }

    private TarnSettings settings(Map<String, String> further) {
        Map<String, String> all = new HashMap<>(further);
        all.put("server.data", folder.resolve("data").toString());
        all.put("catalog.port", "0");
        return TarnSettings.read(SettingsReader.of(all));
    }

    private static byte[] gunzip(byte[] body) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        }
    }

    private static String text(List<byte[]> bodies) {
        StringBuilder text = new StringBuilder();
        bodies.forEach(body -> text.append(latin(body)));
        return text.toString();
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
