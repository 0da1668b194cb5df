package dev.tarn.bench;

import dev.tarn.catalog.CatalogOptions;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.SettingsReader;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The catalog server over a folder, with its defaults unless told otherwise. Serves until its process is ended. */
public final class TarnNode {
    private TarnNode() {}

    /** Starts and serves; the arguments are the folder, and settings and {@code warehouse} as {@code KEY=VALUE}. */
    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        Map<String, String> settings = new HashMap<>(Map.of("catalog.port", "0"));
        for (String setting : List.of(arguments).subList(1, arguments.length)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        String warehouse = settings.remove("warehouse");
        SettingsReader reader = SettingsReader.of(settings);
        CatalogServer server = CatalogServer.start(
                CatalogOptions.from(
                        reader,
                        folder.resolve("data"),
                        WarehouseUri.parse(
                                warehouse == null ? folder.resolve("warehouse").toString() : warehouse),
                        S3Settings.from(reader)),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                List.of());
        System.out.println("ready " + server.uri());
        Thread.currentThread().join();
    }
}
