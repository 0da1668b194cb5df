package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Principals, roles and grants by the commands, against catalog and gateway of a server that wants a login. */
class AccessCommandsTest {
    @TempDir
    static Path folder;

    private static TarnServer server;

    @BeforeAll
    static void serve() throws IOException {
        server = TarnServer.start(TarnSettings.read(SettingsReader.of(Map.of(
                "server.data", folder.resolve("data").toString(),
                "catalog.port", "0",
                "flight.port", "0",
                "catalog.auth.mode", "own"))));
        Path csv = Files.writeString(folder.resolve("orders.csv"), "id\n1\n2\n3\n");
        for (String table : List.of("sales.orders", "sales.secrets")) {
            Invocation loaded = asRoot("copy", table, csv.toString(), "--create");
            assertThat(loaded.exitCode()).as(loaded.messages()).isZero();
        }
    }

    @AfterAll
    static void stop() {
        server.drain(Duration.ofSeconds(10));
        server.close();
    }

    @Test
    void aReaderOfOneTableReadsItThroughCatalogAndGatewayAndNothingElse() throws IOException {
        String ada = reader("analyst", "ada", "TABLE_READ_DATA");

        assertThat(as(ada, "table", "describe", "sales.orders", "--output", "csv")
                        .exitCode())
                .isZero();
        Invocation counted = sql(ada, "SELECT count(*) AS n FROM sales.orders");
        assertThat(counted.text()).as(counted.messages()).isEqualTo("n\r\n3\r\n");
        assertThat(as(ada, "table", "describe", "sales.secrets").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        Invocation refused = sql(ada, "SELECT * FROM sales.secrets");
        assertThat(refused.exitCode()).as(refused.messages()).isNotZero();
        assertThat(refused.text()).doesNotContain("1");
        assertThat(as(ada, "table", "drop", "sales.orders").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        assertThat(as(ada, "principal", "list").exitCode()).isEqualTo(ExitCode.LOGIN.number());
    }

    @Test
    void whoMaySeeATableButNotItsDataDoesNotReadThemThroughTheGateway() throws IOException {
        String bob = reader("looker", "bob", "TABLE_READ_PROPERTIES");

        assertThat(as(bob, "table", "describe", "sales.orders").exitCode()).isZero();
        Invocation refused = sql(bob, "SELECT count(*) AS n FROM sales.orders");

        assertThat(refused.exitCode()).as(refused.messages()).isNotZero();
        assertThat(refused.text()).doesNotContain("3");
    }

    @Test
    void withoutALoginNothingIsAnswered() {
        assertThat(as("", "table", "list", "sales").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        assertThat(sql("", "SELECT 1").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        assertThat(as("nobody:wrong", "table", "list", "sales").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        assertThat(as("nobody:wrong", "role", "list").exitCode()).isEqualTo(ExitCode.LOGIN.number());
    }

    @Test
    void principalsAreRotatedDeactivatedAndDropped() throws IOException {
        String first = reader("temp", "carl", "TABLE_READ_DATA");

        JsonNode rotated = json(asRoot("principal", "rotate", "carl", "--output", "json"));
        assertThat(as(first, "table", "describe", "sales.orders").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        String second = credential(rotated);
        assertThat(as(second, "table", "describe", "sales.orders").exitCode()).isZero();
        assertThat(asRoot("principal", "describe", "carl", "--output", "csv").text())
                .contains("carl")
                .contains("temp");

        done(asRoot("principal", "deactivate", "carl"));
        assertThat(as(second, "table", "describe", "sales.orders").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        done(asRoot("principal", "activate", "carl"));
        done(asRoot("principal", "unassign", "carl", "temp"));
        assertThat(as(second, "table", "describe", "sales.orders").exitCode()).isEqualTo(ExitCode.LOGIN.number());
        assertThat(asRoot("grant", "list", "temp", "--output", "csv").text())
                .contains("TABLE_READ_DATA,default,sales,orders,");
        done(asRoot("grant", "revoke", "temp", "TABLE_READ_DATA", "--table", "sales.orders"));
        done(asRoot("role", "drop", "temp"));
        done(asRoot("principal", "drop", "carl"));
        assertThat(asRoot("principal", "describe", "carl").exitCode()).isEqualTo(ExitCode.NOT_FOUND.number());
    }

    private static String reader(String role, String name, String privilege) throws IOException {
        done(asRoot("role", "create", role));
        done(asRoot("grant", "create", role, privilege, "--table", "sales.orders"));
        return credential(json(asRoot("principal", "create", name, "--role", role, "--output", "json")));
    }

    private static String credential(JsonNode rows) {
        return rows.path(0).path("client_id").asText() + ":"
                + rows.path(0).path("client_secret").asText();
    }

    private static JsonNode json(Invocation invocation) throws IOException {
        return new ObjectMapper().readTree(done(invocation).text());
    }

    private static Invocation done(Invocation invocation) {
        assertThat(invocation.exitCode()).as(invocation.messages()).isZero();
        return invocation;
    }

    private static Invocation sql(String credential, String statement) {
        return as(credential, "sql", statement, "--output", "csv");
    }

    private static Invocation asRoot(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--config", folder.resolve("data").resolve("root.properties").toString()));
        return Invocation.of(servers(), all.toArray(String[]::new));
    }

    private static Invocation as(String credential, String... arguments) {
        Map<String, String> environment = new HashMap<>(servers());
        if (!credential.isEmpty()) {
            environment.put("TARN_CLIENT_CREDENTIAL", credential);
        }
        return Invocation.of(environment, arguments);
    }

    private static Map<String, String> servers() {
        return Map.of(
                "TARN_CLIENT_CATALOG_URI", server.catalogUri().toString(),
                "TARN_CLIENT_FLIGHT_URI", server.flightUri().toString());
    }
}
