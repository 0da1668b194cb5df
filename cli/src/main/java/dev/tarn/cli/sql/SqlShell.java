package dev.tarn.cli.sql;

import dev.tarn.cli.Console;
import dev.tarn.cli.output.OutputFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Reads statements from a terminal until {@code \q}. A failed statement is reported and the shell goes on. */
public final class SqlShell {
    /** Lines of history that are kept. */
    private static final int HISTORY_LINES = 1_000;

    private final FlightSqlConnection connection;
    private final OutputFormat format;
    private final Console console;
    private final Function<Throwable, String> sentences;

    /**
     * A shell over a connection, which stays open.
     *
     * @param sentences turns a failure into what is shown
     */
    public SqlShell(
            FlightSqlConnection connection,
            OutputFormat format,
            Console console,
            Function<Throwable, String> sentences) {
        this.connection = connection;
        this.format = format;
        this.console = console;
        this.sentences = sentences;
    }

    /**
     * Runs until the input ends.
     *
     * @param history file in which lines are remembered
     */
    public void run(Path history) {
        try (Terminal terminal = TerminalBuilder.builder().build()) {
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .variable(LineReader.HISTORY_FILE, history)
                    .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            console.say("Statements end with ';'. \\d lists tables, \\d TABLE its columns, \\q ends.");
            readAll(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use the terminal", e);
        }
    }

    private void readAll(LineReader reader) {
        SqlSplitter splitter = new SqlSplitter();
        while (true) {
            try {
                String line = reader.readLine(splitter.isOpen() ? "   -> " : "tarn> ");
                if (!splitter.isOpen() && line.strip().startsWith("\\")) {
                    if (!command(line.strip())) {
                        return;
                    }
                    continue;
                }
                splitter.add(line + "\n").forEach(this::statement);
            } catch (UserInterruptException e) {
                splitter.finish();
            } catch (EndOfFileException e) {
                return;
            }
        }
    }

    /** Runs one backslash command and answers whether the shell goes on. */
    boolean command(String line) {
        List<String> words = List.of(line.split("\\s+"));
        switch (words.get(0)) {
            case "\\q" -> {
                return false;
            }
            case "\\d" -> {
                if (words.size() > 1) {
                    attempt(() ->
                            connection.run("DESCRIBE SELECT * FROM " + words.get(1), format.writer(console.out())));
                } else {
                    attempt(() -> connection.tables(format.writer(console.out())));
                }
            }
            default -> console.say("Unknown command %s; there are \\d, \\d TABLE and \\q".formatted(words.get(0)));
        }
        return true;
    }

    private void statement(String sql) {
        attempt(() -> connection.run(sql, format.writer(console.out())));
    }

    private interface Attempt {
        long run();
    }

    private void attempt(Attempt work) {
        long start = System.nanoTime();
        try {
            long rows = work.run();
            long millis = (System.nanoTime() - start) / 1_000_000;
            console.say("(%d %s, %d ms)".formatted(rows, rows == 1 ? "row" : "rows", millis));
        } catch (RuntimeException e) {
            console.say("Error: " + sentences.apply(e));
        }
    }
}
