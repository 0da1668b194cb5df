package dev.tarn.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, so that its CPU time can be told from the client's. Whoever starts it closes it. */
public final class ServerProcess implements AutoCloseable {
    /** Every server gets the same heap. */
    private static final String HEAP = "-Xmx2g";

    private static final long STOP_SECONDS = 10;

    private final Process process;
    private final Path log;
    private final BufferedReader out;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts a Java program.
     *
     * @param java the program that runs Java
     * @param log where its standard error goes, and its standard output if {@code quiet}
     */
    static ServerProcess start(Path java, List<String> arguments, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>(List.of(java.toString(), HEAP));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(environment);
        try {
            return new ServerProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command, e);
        }
    }

    /** Starts one of this module's own servers, which print "ready URI". */
    public static ServerProcess own(Class<?> program, List<String> arguments, Path log) {
        List<String> all = new ArrayList<>(List.of(
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        all.addAll(arguments);
        return start(currentJava(), all, Map.of(), log);
    }

    static Path currentJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** A port that was free a moment ago, for servers that cannot choose one themselves. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No port is free", e);
        }
    }

    /** What the server printed behind "ready". */
    public String awaitReady() {
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith("ready ")) {
                    return line.substring("ready ".length());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The server's output cannot be read", e);
        }
        throw new IllegalStateException("The server ended before it was ready: " + endOfLog());
    }

    /** The log itself is deleted with the folder of the run. */
    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "and its log cannot be read: " + e.getMessage();
        }
    }

    /** Waits until the server answers with 200, reading what it prints so that it never waits for us. */
    void awaitAnswer(URI uri, Duration atMost) {
        Thread reader = new Thread(this::discardOutput, "bench-output");
        reader.setDaemon(true);
        reader.start();
        RestClient client = new RestClient();
        long end = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            if (client.answers(uri)) {
                return;
            }
        }
        throw new IllegalStateException("The server at %s did not answer within %s".formatted(uri, atMost));
    }

    private void discardOutput() {
        try {
            while (out.readLine() != null) {
                // What a server says is of no interest once it answers.
            }
        } catch (IOException e) {
            // The server was stopped, and its output closed.
        }
    }

    /** Processor time of all its threads since its start, user and system. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
