package dev.tarn.cli.demo;

import dev.tarn.cli.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Prints each step with its result and its time, for people. */
final class TextReport implements DemoReport {
    private final PrintStream out;
    private int number;

    TextReport(Console console) {
        this.out = new PrintStream(console.out(), true, StandardCharsets.UTF_8);
    }

    @Override
    public void begin(DemoStep step) {
        number++;
        out.printf("%2d. %s%n", number, step.title());
    }

    @Override
    public void done(DemoStep step, long millis, Map<String, Object> facts) {
        print(facts);
        out.printf("    ok in %,d ms%n", millis);
    }

    @Override
    public void failed(DemoStep step, long millis, Map<String, Object> facts, String reason) {
        print(facts);
        out.printf("    FAILED after %,d ms: %s%n", millis, reason);
    }

    @Override
    public void end(Demo.Outcome outcome) {
        out.printf(
                "%s: %,d rows in the table, %,d ms in all%n",
                outcome.ok() ? "Every check held" : "The demo failed", outcome.rows(), outcome.millis());
    }

    private void print(Map<String, Object> facts) {
        facts.forEach((name, value) -> out.printf("    %-22s %s%n", name.replace('_', ' '), value));
    }
}
