package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.Closer;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two catalog servers over one warehouse: what one knows is registered in the other. */
class CatalogMigrateCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final TableIdentifier ORDERS = TableIdentifier.of("shop", "orders");

    @TempDir
    Path folder;

    private final Closer closer = new Closer();
    private CatalogServer source;
    private CatalogServer target;
    private RESTCatalog from;

    @BeforeEach
    void start() {
        source = serve("source");
        target = serve("target");
        from = RestCatalogs.open(source.uri(), "", Map.of());
        closer.register(from::close);
        from.createNamespace(Namespace.of("shop"));
        from.createTable(ORDERS, SCHEMA);
    }

    @AfterEach
    void stop() {
        closer.close();
    }

    @Test
    void aTableIsBroughtOverOnceAndAdvancedLater() throws IOException {
        Invocation planned = tarn("--dry-run", "--output", "json");
        JsonNode first = JSON.readTree(tarn("--output", "json").text());
        from.loadTable(ORDERS).updateProperties().set("a", "1").commit();
        JsonNode second = JSON.readTree(tarn("--output", "json").text());
        Invocation third = tarn("--output", "csv");

        assertThat(JSON.readTree(planned.text()).path("items")).hasSize(2);
        assertThat(first.path("registered").asInt()).isEqualTo(1);
        assertThat(first.path("created-namespaces").asInt()).isEqualTo(1);
        assertThat(second.path("advanced").asInt()).isEqualTo(1);
        assertThat(third.exitCode()).isZero();
        assertThat(third.text()).contains("NOTHING_TO_DO,0,0,0,2,0");
        try (RESTCatalog to = RestCatalogs.open(target.uri(), "", Map.of())) {
            assertThat(to.loadTable(ORDERS).properties()).containsEntry("a", "1");
        }
    }

    @Test
    void aNameWithAnotherHistoryIsNamedAndTheExitCodeSaysPartial() throws IOException {
        try (RESTCatalog to = RestCatalogs.open(target.uri(), "", Map.of())) {
            to.createNamespace(Namespace.of("shop"));
            to.createTable(ORDERS, SCHEMA);
        }

        Invocation migrated = tarn();

        assertThat(migrated.exitCode()).isEqualTo(ExitCode.PARTIAL.number());
        assertThat(migrated.messages()).contains("table shop.orders: the target has a table of this name");
    }

    @Test
    void aSourceThatIsMissingOrSilentIsASentence() {
        Map<String, String> environment =
                Map.of("TARN_CLIENT_CATALOG_URI", target.uri().toString());

        Invocation unnamed = Invocation.of(environment, "catalog", "migrate-from");
        Invocation silent = Invocation.of(environment, "catalog", "migrate-from", "http://127.0.0.1:1");

        assertThat(unnamed.messages()).contains("No source was named");
        assertThat(silent.exitCode()).isEqualTo(ExitCode.UNAVAILABLE.number());
    }

    private CatalogServer serve(String name) {
        TarnSettings settings = TarnSettings.read(SettingsReader.of(Map.of(
                "server.data", folder.resolve(name).toString(),
                "server.warehouse", folder.resolve("warehouse").toString(),
                "catalog.port", "0")));
        return closer.register(CatalogServer.start(
                settings.catalog(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List.of()));
    }

    private Invocation tarn(String... options) {
        String[] args = new String[options.length + 3];
        args[0] = "catalog";
        args[1] = "migrate-from";
        args[2] = source.uri().toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return Invocation.of(
                Map.of(
                        "TARN_CLIENT_CATALOG_URI",
                        target.uri().toString(),
                        "TARN_SERVER_DATA",
                        folder.resolve("client").toString()),
                args);
    }
}
