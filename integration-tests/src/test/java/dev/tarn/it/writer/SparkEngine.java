package dev.tarn.it.writer;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Spark in a process of its own, shared by all tests of this JVM and ended with it. Statements run one after the other.
 */
final class SparkEngine {
    /** What to do where there is none, for the message of a skipped test. */
    static final String HOW_TO_GET = "no Spark: run './dev spark' at the repository root";

    private static final Path ROOT = Path.of(System.getProperty("tarn.root", ".."));
    private static final List<String> OPENED = List.of(
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "jdk.internal.ref",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar");
    private static final Optional<SparkEngine> SHARED = start();

    private final Process process;
    private final BufferedWriter statements;
    private final BufferedReader answers;

    private SparkEngine(Process process) throws IOException {
        this.process = process;
        this.statements = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "end-of-spark"));
        String ready = answers.readLine();
        if (ready == null || !ready.startsWith("@READY")) {
            process.destroyForcibly();
            throw new IllegalStateException("Expected Spark to be ready but it said: " + ready);
        }
    }

    /** The Spark of this JVM; absent if its class path was not fetched. */
    static Optional<SparkEngine> shared() {
        return SHARED;
    }

    /** Makes a REST catalog known under a name. */
    void addCatalog(String name, URI catalog) {
        query("SET spark.sql.catalog.%s=org.apache.iceberg.spark.SparkCatalog".formatted(name));
        query("SET spark.sql.catalog.%s.type=rest".formatted(name));
        query("SET spark.sql.catalog.%s.uri=%s".formatted(name, catalog));
        query("SET `spark.sql.catalog.%s.cache-enabled`=false".formatted(name));
    }

    /**
     * The canonical texts of the rows of a statement, in Spark's order; a variant is its two parts between angle brackets.
     *
     * @throws IllegalStateException with Spark's message if it fails
     */
    synchronized List<String> query(String statement) {
        try {
            statements.write(statement.replace('\n', ' '));
            statements.newLine();
            statements.flush();
            List<String> rows = new ArrayList<>();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith("@ROW ")) {
                    rows.add(line.substring("@ROW ".length()));
                } else if (line.equals("@END")) {
                    return rows;
                } else {
                    throw new IllegalStateException("Spark cannot answer '%s': %s".formatted(statement, line));
                }
            }
            throw new IllegalStateException("Spark ended at '%s' with %d".formatted(statement, process.waitFor()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot talk to Spark", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Spark ended", e);
        }
    }

    private static Optional<SparkEngine> start() {
        Path classPath = ROOT.resolve(".spark/classpath");
        if (!Files.isRegularFile(classPath)) {
            return Optional.empty();
        }
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Xmx1500m");
            OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
            if (Runtime.version().feature() >= 24) {
                command.add("--sun-misc-unsafe-memory-access=allow");
                command.add("-Dio.netty.tryReflectionSetAccessible=true");
            }
            command.addAll(List.of("-cp", Files.readString(classPath).strip()));
            command.add(
                    ROOT.resolve("integration-tests/spark/SparkQueries.java").toString());
            Path log = Path.of("target", "spark.log");
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
                    .start();
            return Optional.of(new SparkEngine(process));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start Spark", e);
        }
    }
}
