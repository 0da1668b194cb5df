package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.SettingsReader;
import dev.tarn.storage.RestCatalogs;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogBackupCommandTest {
    private static final TableIdentifier ORDERS = TableIdentifier.of("shop", "orders");

    @TempDir
    Path folder;

    @Test
    void aCatalogBackedUpWhileItServesIsServedAgainFromAnotherFolder() throws IOException {
        String file = folder.resolve("catalog.backup").toString();
        try (CatalogServer server = serve("first");
                RESTCatalog client = RestCatalogs.open(server.uri(), "", Map.of())) {
            client.createNamespace(Namespace.of("shop"));
            client.createTable(ORDERS, new Schema(Types.NestedField.required(1, "id", Types.LongType.get())));

            assertThat(tarn("first", "catalog", "backup", file, "--output", "csv")
                            .text())
                    .contains(",1,1,");
            Invocation held = tarn("first", "catalog", "restore", file);
            assertThat(held.exitCode()).isEqualTo(ExitCode.LOCKED.number());
        }
        assertThat(tarn("first", "catalog", "restore", file).messages()).contains("not empty");

        Invocation restored = tarn("second", "catalog", "restore", file, "--output", "csv");

        assertThat(restored.exitCode()).as(restored.messages()).isZero();
        try (CatalogServer server = serve("second");
                RESTCatalog client = RestCatalogs.open(server.uri(), "", Map.of())) {
            assertThat(client.loadTable(ORDERS).schema().findField("id")).isNotNull();
        }
    }

    private CatalogServer serve(String name) {
        TarnSettings settings = TarnSettings.read(SettingsReader.of(Map.of(
                "server.data", folder.resolve(name).toString(),
                "server.warehouse", folder.resolve("warehouse").toString(),
                "catalog.port", "0")));
        return CatalogServer.start(
                settings.catalog(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List.of());
    }

    private Invocation tarn(String data, String... args) {
        return Invocation.of(Map.of("TARN_SERVER_DATA", folder.resolve(data).toString()), args);
    }
}
