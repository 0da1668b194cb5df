package dev.tarn.it.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code tarn serve} in a process of its own, and the {@code tarn} command against it. */
final class ServedLake implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("tarn ready catalog=(http://\\S+) flight=(grpc://\\S+)");
    private static final long PATIENCE_SECONDS = 60;

    private final Process server;
    private final Map<String, String> environment;
    final URI catalog;
    final URI flight;

    /** What a command did. */
    record Outcome(int exitCode, String stdout, String stderr) {}

    private ServedLake(Process server, Map<String, String> environment, URI catalog, URI flight) {
        this.server = server;
        this.environment = environment;
        this.catalog = catalog;
        this.flight = flight;
    }

    /** Starts a server and returns once both its endpoints answer. */
    static ServedLake start(Path data, String warehouse, Map<String, String> environment) throws IOException {
        Process server = command(
                        environment,
                        List.of(
                                "serve",
                                "--data",
                                data.toString(),
                                "--warehouse",
                                warehouse,
                                "--catalog-port",
                                "0",
                                "--flight-port",
                                "0"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader stdout = server.inputReader(StandardCharsets.UTF_8);
        String line = stdout.readLine();
        Matcher ready = READY.matcher(line == null ? "" : line);
        if (!ready.matches()) {
            server.destroyForcibly();
            throw new IllegalStateException("Expected the ready line but the server printed: " + line);
        }
        return new ServedLake(server, environment, URI.create(ready.group(1)), URI.create(ready.group(2)));
    }

    /** Runs a command of the {@code tarn} program to its end. */
    Outcome tarn(String... arguments) throws IOException, InterruptedException {
        return run(command(environment, Arrays.asList(arguments)));
    }

    /** Runs a Python program given as text. */
    Outcome python(String interpreter, String program) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(interpreter, "-c", program);
        builder.environment().putAll(environment);
        return run(builder);
    }

    /** Asks the server to drain. */
    int terminate() throws InterruptedException {
        server.destroy();
        if (!server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The server did not end within " + PATIENCE_SECONDS + " s of SIGTERM");
        }
        return server.exitValue();
    }

    @Override
    public void close() {
        server.destroyForcibly();
    }

    static Outcome run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path stderr = Files.createTempFile("stderr", ".txt");
        Process process = builder.redirectError(stderr.toFile()).start();
        process.getOutputStream().close();
        String stdout;
        try {
            stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("The command did not end: " + builder.command());
        }
        String errors = Files.readString(stderr);
        Files.delete(stderr);
        return new Outcome(process.exitValue(), stdout, errors);
    }

    static ProcessBuilder command(Map<String, String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaFlags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.tarn.cli.Main"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder;
    }

    private static List<String> javaFlags() {
        List<String> flags = new ArrayList<>(List.of("-Xmx1g", "--add-opens=java.base/java.nio=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 24) {
            flags.add("--enable-native-access=ALL-UNNAMED");
            flags.add("--sun-misc-unsafe-memory-access=allow");
        }
        return flags;
    }
}
