package dev.tarn.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.CatalogLimits;
import dev.tarn.catalog.CatalogOptions;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.Closer;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import dev.tarn.testkit.JavaProcess;
import dev.tarn.testkit.http.HttpProxy;
import dev.tarn.testkit.openapi.ContractWatcher;
import dev.tarn.testkit.openapi.OpenApiContract;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg's REST compatibility kit against a server of ours, as it is published. */
class CompatibilityKitTest {
    private static final String TABLES = "dev.tarn.it.conformance.kit.TablesOfKit";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Test
    void theKitPasses(@TempDir Path folder) {
        try (Closer closer = new Closer()) {
            WarehouseUri warehouse = WarehouseUri.parse(folder.resolve("warehouse").toString());
            CatalogServer server = closer.register(CatalogServer.start(
                    new CatalogOptions(
                            "127.0.0.1",
                            0,
                            folder.resolve("data"),
                            warehouse,
                            S3Settings.DEFAULTS,
                            false,
                            CatalogLimits.DEFAULTS),
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                    List.of()));
            Optional<ContractWatcher> watcher = OpenApiContract.ofIceberg().map(ContractWatcher::new);
            URI uri = watcher.map(judge -> closer.register(HttpProxy.start(server::uri, judge))
                            .uri())
                    .orElse(server.uri());
            List<String> arguments = new ArrayList<>(List.of(TABLES));
            Map<String, String> properties = Map.of(
                    "uri", uri.toString(),
                    "warehouse", warehouse.toString(),
                    "tarn.kit.base-location", warehouse + "kit",
                    "rck.requires-namespace-create", "true",
                    "rck.supports-names-with-dot", "true");
            properties.forEach((name, value) -> arguments.add(name + "=" + value));
            JavaProcess kit = closer.register(JavaProcess.start(KitRun.class.getName(), arguments));
            kit.awaitLine(KitResults.END, PATIENCE);
            KitResults results = KitResults.of(kit.output());
            System.out.println(results);
            watcher.ifPresent(judge -> {
                System.out.println(judge.judged());
                judge.deviations().forEach((a, b) -> System.out.println("DEVIATION " + a + " BY " + b));
                System.out.println(judge.outside());
            });
            assertThat(results.failed()).isEmpty();
        }
    }
}
