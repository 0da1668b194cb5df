package dev.tarn.bench;

import dev.tarn.catalog.CatalogLimits;
import dev.tarn.catalog.CatalogOptions;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.List;

/** The catalog server with its defaults, over a folder. Serves until its process is ended. */
final class TarnNode {
    private TarnNode() {}

    /** Starts and serves; the argument is the folder. */
    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        CatalogServer server = CatalogServer.start(
                new CatalogOptions(
                        CatalogOptions.DEFAULT_HOST,
                        0,
                        folder.resolve("data"),
                        WarehouseUri.parse(folder.resolve("warehouse").toString()),
                        S3Settings.DEFAULTS,
                        DelegationSettings.NONE,
                        CatalogLimits.DEFAULTS),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                List.of());
        System.out.println("ready " + server.uri());
        Thread.currentThread().join();
    }
}
