package dev.tarn.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What one run of the command answered. */
record Invocation(int exitCode, byte[] output, String messages) {
    static Invocation of(String... args) {
        return of(Map.of(), args);
    }

    static Invocation of(Map<String, String> environment, String... args) {
        return withInput("", environment, args);
    }

    static Invocation withInput(String input, Map<String, String> environment, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment);
        int exitCode = Main.run(console, args);
        return new Invocation(exitCode, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    String text() {
        return new String(output, StandardCharsets.UTF_8);
    }
}
