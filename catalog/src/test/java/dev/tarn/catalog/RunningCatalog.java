package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.sql.PostgresSettings;
import dev.tarn.common.Closer;
import dev.tarn.storage.RestCatalogs;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import dev.tarn.testkit.PostgresFixture;
import dev.tarn.testkit.http.HttpProxy;
import dev.tarn.testkit.openapi.ContractWatcher;
import dev.tarn.testkit.openapi.OpenApiContract;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.iceberg.rest.RESTCatalog;

/** A catalog server on a free port over a folder, for one test. */
final class RunningCatalog implements AutoCloseable {
    private final Closer closer = new Closer();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CatalogServer server;
    private final Optional<ContractWatcher> judge = OpenApiContract.ofIceberg().map(ContractWatcher::new);
    private final URI uri;

    private RunningCatalog(CatalogOptions options, UnaryOperator<CatalogDatabase> wrapping) {
        server = closer.register(CatalogServer.start(
                options,
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                OpenTelemetry.noop(),
                List.of(),
                wrapping));
        uri = judge.map(watcher ->
                        closer.register(HttpProxy.start(server::uri, watcher)).uri())
                .orElse(server.uri());
    }

    static CatalogOptions options(Path folder, CatalogLimits limits) {
        return new CatalogOptions(
                "127.0.0.1",
                0,
                folder.resolve("data"),
                WarehouseUri.parse(folder.resolve("warehouse").toString()),
                S3Settings.DEFAULTS,
                DelegationSettings.NONE,
                limits);
    }

    /** The same options, with the catalog kept in a PostgreSQL database of its own. */
    static CatalogOptions onPostgres(CatalogOptions options) {
        PostgresFixture.Database database = PostgresFixture.shared().newDatabase("catalog");
        return options.with(new PostgresSettings(database.url(), database.user(), Optional.of(database.password())));
    }

    static RunningCatalog over(Path folder) {
        return with(options(folder, CatalogLimits.DEFAULTS), database -> database);
    }

    static RunningCatalog with(CatalogOptions options, UnaryOperator<CatalogDatabase> wrapping) {
        return new RunningCatalog(options, wrapping);
    }

    CatalogServer server() {
        return server;
    }

    /** Where clients connect: a proxy that judges every answer, if the specification is there. */
    URI uri() {
        return uri;
    }

    /** A client, closed with the catalog. */
    RESTCatalog client() {
        return client(Map.of());
    }

    RESTCatalog client(Map<String, String> properties) {
        RESTCatalog client = RestCatalogs.open(uri, "", properties);
        closer.register(client::close);
        return client;
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closer.close();
        judge.ifPresent(watcher -> assertThat(watcher.deviations())
                .as("answers unlike the specification")
                .isEmpty());
    }
}
