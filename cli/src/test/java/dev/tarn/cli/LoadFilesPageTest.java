package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.SettingsReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the page about loading files, as they stand there, against a server in this process. */
class LoadFilesPageTest {
    private static final Path PAGE =
            Path.of(System.getProperty("tarn.root", "..")).resolve("docs/how-to/load-files.md");
    private static final Pattern BLOCK = Pattern.compile("(?m)^```sh\\n([\\s\\S]*?)^```$");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern FILE = Pattern.compile("[^=]*\\.(csv|tsv|jsonl|jsonl\\.gz|parquet)|inbox/");

    @TempDir
    Path folder;

    private TarnServer server;

    @BeforeEach
    void serve() {
        server = TarnServer.start(TarnSettings.read(SettingsReader.of(
                Map.of("server.data", folder.resolve("data").toString(), "catalog.port", "0", "flight.port", "0"))));
    }

    @AfterEach
    void stop() {
        server.drain(Duration.ofSeconds(10));
        server.close();
    }

    @Test
    void everyCommandOfThePageDoesWhatItSays() throws Exception {
        writeFiles();
        assertThat(tarn(List.of("table", "create", "shop.days", "--schema", "id long, day date", "--partition", "day"))
                        .exitCode())
                .isZero();
        List<String> endings = new ArrayList<>();
        for (List<String> command : commands()) {
            Invocation done = tarn(command);
            String counts =
                    command.contains("--history") ? done.text().lines().skip(1).count() + " lines" : counts(done);
            endings.add("%d %s".formatted(done.exitCode(), counts));
        }

        // Exit code, then files loaded, skipped and rejected, and rows loaded and rejected.
        assertThat(endings)
                .containsExactly(
                        "0 2,0,0,4,0",
                        "0 1,2,0,1,0",
                        "0 2 lines",
                        "0 2 lines",
                        "11 0,0,1,1,2",
                        "3 1,0,0,1,2",
                        "0 1,0,0,1,0",
                        "0 1,0,0,2,0",
                        "0 1,0,0,1,0",
                        "0 1,0,0,1,0",
                        "0 1,0,0,1,0",
                        "0 2,0,0,5,0");
        assertThat(Files.readAllLines(folder.resolve("errors.jsonl")))
                .hasSize(2)
                .allMatch(line -> line.contains("\"data\""));
        assertThat(folder.resolve("inbox/new.csv")).doesNotExist();
        assertThat(folder.resolve("days/day=2024-01-31/a.parquet")).exists();
        assertThat(sql("SELECT count(*) AS n, max(note) AS note FROM shop.orders"))
                .isEqualTo("n,note\r\n12,hello\r\n");
        assertThat(sql("SELECT day, count(*) AS n FROM shop.days GROUP BY day ORDER BY day"))
                .isEqualTo("day,n\r\n2024-01-31,3\r\n2024-02-01,2\r\n");
    }

    @Test
    void contradictionsAreRefusedWithTheNextStep() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "id\n1\n");

        assertThat(copy("shop.t", "a.parquet", "--register"))
                .extracting(Invocation::exitCode, Invocation::messages)
                .satisfies(found -> assertThat(found.toString()).contains("5", "Give --yes if they may"));
        assertThat(copy("shop.t", "a.csv", "--validate-only", "--purge").exitCode())
                .isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(copy("shop.t", "a.csv", "--partition", "id").messages()).contains("only go with --create");
        assertThat(copy("shop.t", "a.csv", "--match", "luck").messages()).contains("--match must be name,");
        assertThat(copy("shop.t", "a.csv", "--columns", "id=").messages()).contains("--columns must be");
        assertThat(copy("shop.t", "a.csv", "--date-format", "bb").messages()).contains("--date-format");
        assertThat(copy("shop.t", "a.csv", "--create", "--sort", "idd").messages())
                .contains("did you mean 'id'?");
        assertThat(tarn(List.of("copy", "shop.t")).messages()).contains("Name the files to load");
        assertThat(copy("shop.t", "a.csv").exitCode()).isEqualTo(ExitCode.NOT_FOUND.number());
    }

    private void writeFiles() throws Exception {
        write("orders-1.csv", "id,placed,total,code\n1,2024-01-30,1.50,007\n2,2024-01-31,2.50,008\n");
        write("orders-2.csv", "id,placed,total,code\n3,2024-02-01,3.50,009\n4,2024-02-01,,\n");
        Files.createDirectories(folder.resolve("more"));
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("more/a.jsonl.gz")))) {
            gzip.write("{\"id\":5,\"total\":5}\n".getBytes(StandardCharsets.UTF_8));
        }
        write("bad.csv", "id,placed\n6,2024-01-31\nx,2024-01-31\n7,2024-02-30\n");
        write("legacy.tsv", "Order_No\tDate\tclerk\n8\t31.01.2024\tx\n");
        write("headless.csv", "9,2024-01-31,NULL,-\n10,2024-01-31,1.5,x\n");
        write("wide.jsonl", "{\"id\":11,\"note\":\"hello\"}\n");
        Files.createDirectories(folder.resolve("inbox"));
        write("inbox/new.csv", "id\n12\n");
        writeDay("2024-01-31", 3);
        writeDay("2024-02-01", 2);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private void writeDay(String day, int rows) throws Exception {
        Path file = Files.createDirectories(folder.resolve("days/day=" + day)).resolve("a.parquet");
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute(
                    "COPY (SELECT range AS id FROM range(%d)) TO '%s' (FORMAT parquet)".formatted(rows, file));
        }
    }

    private List<List<String>> commands() throws IOException {
        List<List<String>> commands = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
        while (blocks.find()) {
            for (String line : blocks.group(1).split("\n", -1)) {
                List<String> words = new ArrayList<>();
                for (Matcher word = WORD.matcher(line); word.find(); ) {
                    String text = word.group(1) == null ? word.group(2) : word.group(1);
                    words.add(FILE.matcher(text).matches() ? folder + "/" + text : text);
                }
                if (!words.isEmpty()) {
                    assertThat(words.remove(0)).isEqualTo("tarn");
                    words.addAll(List.of("--output", "csv"));
                    commands.add(words);
                }
            }
        }
        return commands;
    }

    private static String counts(Invocation done) {
        List<String> lines = done.text().lines().toList();
        assertThat(lines).as(done.messages()).hasSize(2);
        List<String> cells = List.of(lines.get(1).split(",", -1));
        return String.join(",", cells.subList(1, 6));
    }

    private String sql(String statement) {
        return tarn(List.of("sql", statement, "--output", "csv")).text();
    }

    private Invocation copy(String table, String file, String... flags) {
        List<String> arguments =
                new ArrayList<>(List.of("copy", table, folder.resolve(file).toString()));
        arguments.addAll(List.of(flags));
        return tarn(arguments);
    }

    private Invocation tarn(List<String> arguments) {
        Map<String, String> environment = Map.of(
                "TARN_CLIENT_CATALOG_URI", server.catalogUri().toString(),
                "TARN_CLIENT_FLIGHT_URI", server.flightUri().toString(),
                "TARN_SERVER_DATA", folder.resolve("client").toString());
        return Invocation.withInput("", environment, arguments.toArray(new String[0]));
    }
}
