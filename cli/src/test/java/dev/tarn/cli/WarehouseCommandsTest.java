package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.SettingsReader;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for warehouses and for the end of tables, against a catalog in this process. */
class WarehouseCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static CatalogServer server;

    @BeforeAll
    static void serve() {
        TarnSettings settings = TarnSettings.read(
                SettingsReader.of(Map.of("server.data", folder.resolve("data").toString(), "catalog.port", "0")));
        server = CatalogServer.start(
                settings.catalog(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aWarehouseIsCreatedListedDescribedChangedAndDropped() throws IOException {
        Path properties = Files.writeString(
                folder.resolve("lake.properties"), "s3.access-key-id=me\ns3.secret-access-key=do-not-show\n");

        Invocation created = tarn(
                "warehouse",
                "create",
                "lake",
                "--location",
                folder.resolve("lake").toString(),
                "--property",
                "soft-delete.retention=P7D",
                "--properties",
                properties.toString(),
                "--output",
                "json");

        assertThat(created.exitCode()).as(created.messages()).isZero();
        assertThat(created.text() + created.messages()).doesNotContain("do-not-show");
        JsonNode described = JSON.readTree(
                tarn("warehouse", "describe", "lake", "--output", "json").text());
        assertThat(described.at("/properties/soft-delete.retention").asText()).isEqualTo("P7D");
        assertThat(described.at("/properties/s3.secret-access-key").asText()).isEqualTo("***");
        assertThat(tarn("warehouse", "list", "--output", "csv").text())
                .contains("default,")
                .contains("lake,file://" + folder.resolve("lake") + ",true,1");
        assertThat(tarn("warehouse", "alter", "lake", "--deactivate").exitCode())
                .isZero();
        Invocation inactive = tarn("namespace", "list", "--catalog-warehouse", "lake");
        assertThat(inactive.exitCode()).isEqualTo(ExitCode.LOGIN.number());
        assertThat(inactive.messages()).contains("'tarn warehouse alter lake --activate'");
        Invocation altered = tarn(
                "warehouse", "alter", "lake", "--activate", "--remove", "soft-delete.retention", "--output", "csv");
        assertThat(altered.text()).contains("warehouse,active,true").doesNotContain("retention");
        assertThat(tarn("namespace", "create", "n", "--catalog-warehouse", "lake")
                        .exitCode())
                .isZero();
        Invocation refused = tarn("warehouse", "drop", "lake");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFLICT.number());
        assertThat(refused.messages()).contains("is not empty: drop its namespaces");
        tarn("namespace", "drop", "n", "--catalog-warehouse", "lake");
        assertThat(tarn("warehouse", "drop", "lake").exitCode()).isZero();
        assertThat(tarn("namespace", "list", "--catalog-warehouse", "lake").exitCode())
                .isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(tarn("warehouse", "describe", "lake").exitCode()).isEqualTo(ExitCode.NOT_FOUND.number());
    }

    @Test
    void mistakesNameTheNextStep() {
        Invocation nothing = tarn("warehouse", "alter", "default");
        Invocation property = tarn("warehouse", "alter", "default", "--property", "soft-delete.retentoin=P7D");
        Invocation name = tarn(
                "warehouse",
                "create",
                "tables",
                "--location",
                folder.resolve("x").toString());
        Invocation overlap = tarn(
                "warehouse", "create", "x", "--location", folder.resolve("data").toString());
        Invocation id = tarn("table", "undrop", "no-such-id");
        Invocation location = tarn("table", "deleted", "--catalog-warehouse", "/a/b");

        assertThat(nothing.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(nothing.messages()).contains("give --property, --remove");
        assertThat(property.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(property.messages()).contains("did you mean 'soft-delete.retention'?");
        assertThat(name.messages()).contains("must not be called 'tables'");
        assertThat(overlap.exitCode()).isEqualTo(ExitCode.ALREADY_EXISTS.number());
        assertThat(overlap.messages()).contains("choose another one");
        assertThat(id.exitCode()).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(id.messages()).contains("'tarn table deleted' lists those");
        assertThat(location.messages()).contains("'tarn warehouse list' shows the names");
    }

    @Test
    void aDroppedTableComesBackAndAProtectedOneStays() throws IOException {
        tarn(
                "warehouse",
                "create",
                "sales",
                "--location",
                folder.resolve("sales").toString(),
                "--property",
                "soft-delete.retention=P7D");
        inSales("namespace", "create", "shop");
        inSales("table", "create", "shop.orders", "--schema", "id long");

        assertThat(inSales("table", "protect", "shop.orders").exitCode()).isZero();
        Invocation refused = inSales("table", "drop", "shop.orders");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.LOGIN.number());
        assertThat(refused.messages()).contains("tarn table unprotect shop.orders");
        assertThat(inSales("table", "unprotect", "shop.orders").exitCode()).isZero();
        assertThat(inSales("table", "drop", "shop.orders").exitCode()).isZero();

        JsonNode deleted = JSON.readTree(
                inSales("table", "deleted", "shop", "--output", "json").text());
        assertThat(deleted).hasSize(1);
        assertThat(deleted.path(0).path("name").asText()).isEqualTo("orders");
        assertThat(deleted.path(0).path("purge").asBoolean()).isFalse();
        assertThat(inSales("table", "undrop", "shop.orders").messages()).contains("shop.orders is back");
        inSales("table", "drop", "shop.orders");
        inSales("table", "create", "shop.orders", "--schema", "id long");
        assertThat(inSales("table", "undrop", "shop.orders").exitCode()).isEqualTo(ExitCode.ALREADY_EXISTS.number());
        assertThat(inSales("table", "undrop", "shop.orders", "--as", "shop.orders2")
                        .exitCode())
                .isZero();
        assertThat(inSales("table", "list", "shop", "--output", "csv").text())
                .contains("shop,orders\r\n", "shop,orders2\r\n");
        inSales("table", "drop", "shop.orders");
        inSales("table", "create", "shop.orders", "--schema", "id long");
        inSales("table", "drop", "shop.orders");
        Invocation several = inSales("table", "undrop", "shop.orders");
        assertThat(several.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(several.messages()).contains("give one of the ids");
    }

    private static Invocation inSales(String... args) {
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--catalog-warehouse";
        all[args.length + 1] = "sales";
        return tarn(all);
    }

    private static Invocation tarn(String... args) {
        Map<String, String> environment = Map.of(
                "TARN_CLIENT_CATALOG_URI", server.uri().toString(),
                "TARN_SERVER_DATA", folder.resolve("client").toString());
        return Invocation.withInput("", environment, args);
    }
}
