package dev.tarn.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.storage.S3Settings;
import dev.tarn.testkit.S3Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified clients read one table from a running server on S3 and see the same three numbers. */
final class StockClientsTest {
    private static final Path ROOT = Path.of(System.getProperty("tarn.root", ".."));
    private static final Path PAGE = ROOT.resolve("docs/how-to/clients.md");
    private static final Path DATA = ROOT.resolve("cli/src/main/resources/dev/tarn/cli/demo/flights-2001-01.parquet");

    @TempDir
    static Path folder;

    private static ServedLake lake;
    private static String expected;

    @BeforeAll
    static void serveOneTable() throws Exception {
        lake = ServedLake.start(
                folder.resolve("data"), S3Fixture.shared().warehouse().value(), s3Environment());
        assertThat(lake.tarn("namespace", "create", "lake", "--catalog", lake.catalog.toString()))
                .extracting(ServedLake.Outcome::exitCode)
                .isEqualTo(0);
        ServedLake.Outcome copied =
                lake.tarn("copy", "lake.flights", DATA.toString(), "--create", "--catalog", lake.catalog.toString());
        assertThat(copied.exitCode()).as(copied.stderr()).isZero();
        expected = sumsOfTheSourceFile();
    }

    @AfterAll
    static void stop() {
        lake.close();
    }

    @TestFactory
    Stream<DynamicTest> everyPythonSnippetOfTheClientsPagePrintsTheSameNumbers() throws IOException {
        String python = PythonClients.interpreter().orElse("");
        return DocumentedSnippets.of(PAGE, "python").entrySet().stream()
                .map(snippet -> DynamicTest.dynamicTest(snippet.getKey(), () -> {
                    assumeThat(python).as(PythonClients.HOW_TO_GET).isNotEmpty();
                    ServedLake.Outcome outcome = lake.python(python, withPorts(snippet.getValue()));
                    assertThat(outcome.stdout().strip()).as(outcome.stderr()).isEqualTo(expected);
                }));
    }

    @Test
    void theStockJdbcDriverSeesTheSameNumbers() throws Exception {
        String snippet = withPorts(DocumentedSnippets.of(PAGE, "java").get("Java through JDBC"));
        String url = between(snippet, "String url = \"", "\";");
        String sql = between(snippet, "executeQuery(\"", "\")");

        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong(1) + " " + rows.getLong(2) + " " + rows.getLong(3))
                    .isEqualTo(expected);
        }
    }

    @Test
    void theTarnCommandSeesTheSameNumbers() throws Exception {
        ServedLake.Outcome outcome = lake.tarn(
                "sql",
                "--flight",
                lake.flight.toString(),
                "--output",
                "csv",
                "SELECT count(*) AS n, sum(delay)::BIGINT AS d, sum(distance)::BIGINT AS m FROM lake.flights");

        assertThat(outcome.exitCode()).as(outcome.stderr()).isZero();
        assertThat(outcome.stdout().lines().skip(1).findFirst().orElse("").replace(',', ' '))
                .isEqualTo(expected);
    }

    private static String withPorts(String snippet) {
        return snippet.replace("http://127.0.0.1:8181", lake.catalog.toString())
                .replace("127.0.0.1:32010", lake.flight.getHost() + ":" + lake.flight.getPort());
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }

    /** Computed from the file itself by an engine that has seen neither catalog nor gateway. */
    private static String sumsOfTheSourceFile() throws SQLException {
        assertThat(Files.exists(DATA)).isTrue();
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*), sum(delay)::BIGINT, sum(distance)::BIGINT FROM read_parquet('" + DATA
                                + "')")) {
            row.next();
            return row.getLong(1) + " " + row.getLong(2) + " " + row.getLong(3);
        }
    }

    /** The server gets its keys, and hands them to clients that ask; clients get only what the catalog tells them. */
    private static Map<String, String> s3Environment() {
        S3Settings s3 = S3Fixture.shared().settings();
        Map<String, String> environment = new HashMap<>();
        environment.put("TARN_S3_ENDPOINT", s3.endpoint());
        environment.put("TARN_S3_REGION", s3.region());
        environment.put("TARN_S3_PATH_STYLE_ACCESS", Boolean.toString(s3.pathStyle()));
        s3.keys().ifPresent(keys -> {
            environment.put("TARN_S3_ACCESS_KEY_ID", keys.accessKeyId());
            environment.put("TARN_S3_SECRET_ACCESS_KEY", keys.secretAccessKey().reveal());
        });
        environment.put("TARN_CATALOG_VEND_STATIC_CREDENTIALS", "true");
        return environment;
    }
}
