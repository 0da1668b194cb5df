package dev.tarn.cli;

import dev.tarn.cli.output.OutputFormat;
import dev.tarn.cli.sql.FlightSqlConnection;
import dev.tarn.cli.sql.SqlShell;
import dev.tarn.cli.sql.SqlSplitter;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn sql}. */
@Command(
        name = "sql",
        description = {
            "Run SQL through Flight SQL: the statement given, the statements of a file or of stdin,",
            "or a shell where neither is given and stdin is a terminal."
        })
final class SqlCommand implements Runnable {
    /** Set by the launcher where stdin is a terminal: Java alone cannot tell on every version. */
    private static final String TERMINAL = "tarn.terminal";

    private final Console console;

    @Mixin
    private SettingsFlags settings = new SettingsFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--flight", paramLabel = "URI", description = "Flight SQL server; default grpc://127.0.0.1:32010.")
    private String flight = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Read statements from a file; - is stdin.")
    private String file = "";

    @Parameters(arity = "0..1", paramLabel = "SQL", description = "Statement, or several separated by ';'.")
    private String sql = "";

    SqlCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Map<String, String> flags = new LinkedHashMap<>();
        SettingsFlags.putIfGiven(flags, "client.flight-uri", flight);
        ClientSettings client =
                TarnSettings.read(settings.reader(console, flags)).client();
        try (FlightSqlConnection connection =
                FlightSqlConnection.open(client.flightUri(), client.login().forFlight())) {
            if (sql.isEmpty() && file.isEmpty() && Boolean.getBoolean(TERMINAL)) {
                Path history = Path.of(System.getProperty("user.home"), ".tarn_history");
                new SqlShell(
                                connection,
                                output.format,
                                console,
                                thrown -> String.valueOf(Failures.of(thrown).getMessage()))
                        .run(history);
                return;
            }
            runAll(connection, statements());
        }
    }

    private void runAll(FlightSqlConnection connection, List<String> statements) {
        if (statements.size() > 1 && output.format == OutputFormat.ARROW) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "An Arrow stream holds one result but %d statements were given; run them one at a time"
                            .formatted(statements.size()));
        }
        for (String statement : statements) {
            long start = System.nanoTime();
            long rows = connection.run(statement, output.writer(console));
            long millis = (System.nanoTime() - start) / 1_000_000;
            console.say("(%d %s, %d ms)".formatted(rows, rows == 1 ? "row" : "rows", millis));
        }
    }

    private List<String> statements() {
        SqlSplitter splitter = new SqlSplitter();
        List<String> statements = new ArrayList<>(splitter.add(text()));
        statements.addAll(splitter.finish());
        if (statements.isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID, "No statement was given; write one as argument, into --file or to stdin");
        }
        return statements;
    }

    private String text() {
        if (!sql.isEmpty()) {
            return sql;
        }
        try {
            if (file.isEmpty() || file.equals("-")) {
                return new String(console.in().readAllBytes(), StandardCharsets.UTF_8);
            }
            return Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw new TarnException(ErrorKind.INVALID, "Cannot read statements from '%s': %s".formatted(file, e), e);
        }
    }
}
