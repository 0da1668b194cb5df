package dev.tarn.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.cli.output.OutputFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Prints what is no result with rows: JSON documents that other modules made, one document a line, and single lines. */
final class Documents {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Documents() {}

    static boolean isJson(OutputFormat format) {
        return format == OutputFormat.JSON || format == OutputFormat.NDJSON;
    }

    static void print(Console console, String json) {
        try {
            printLine(console, JSON.readTree(json).toString());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read a document that was made here", e);
        }
    }

    static void printLine(Console console, String line) {
        try {
            console.out().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            console.out().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the result", e);
        }
    }
}
