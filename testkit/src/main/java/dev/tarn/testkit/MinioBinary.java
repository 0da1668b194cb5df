package dev.tarn.testkit;

import dev.tarn.storage.S3Settings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A {@code minio} program of this machine, in a process that ends with this JVM. */
final class MinioBinary implements S3Source {
    /** Another process may take the port between finding and binding it. */
    private static final int MAX_ATTEMPTS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_LOG_CHARACTERS = 2_000;

    private final Map<String, String> environment;

    MinioBinary(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public Optional<Running> start() {
        return find().map(this::start);
    }

    /** The program on the PATH, in GOBIN or where Go installs by default. */
    Optional<Path> find() {
        List<String> folders =
                new ArrayList<>(List.of(environment.getOrDefault("PATH", "").split(File.pathSeparator)));
        folders.add(environment.getOrDefault("GOBIN", ""));
        String home = environment.getOrDefault("HOME", "");
        folders.add(home.isEmpty() ? "" : home + "/go/bin");
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "minio"))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private Running start(Path program) {
        String log = "";
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            LocalKeys keys = LocalKeys.random();
            String address = "127.0.0.1:" + FreePorts.next();
            Path folder = temporaryFolder();
            Process process = fork(program, address, folder, keys);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, folder), "stop-minio"));
            String endpoint = "http://" + address;
            S3Settings settings = keys.settings(endpoint);
            // Its health checks turn good before its buckets can be used.
            Awaitility.await("minio at " + endpoint)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !process.isAlive() || S3Clients.answers(settings));
            if (process.isAlive()) {
                return new Running("minio binary (%s, %s)".formatted(program, endpoint), settings);
            }
            log = tail(folder.resolve("log"));
        }
        throw new IllegalStateException("%s ended at once, %d times, saying: %s".formatted(program, MAX_ATTEMPTS, log));
    }

    private static Process fork(Path program, String address, Path folder, LocalKeys keys) {
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(),
                        "server",
                        "--quiet",
                        "--address",
                        address,
                        folder.resolve("data").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "MINIO_ROOT_USER",
                        keys.accessKeyId(),
                        "MINIO_ROOT_PASSWORD",
                        keys.secretAccessKey().reveal(),
                        "MINIO_BROWSER",
                        "off"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + program, e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("tarn-minio-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a temporary folder for minio", e);
        }
    }

    private static void stop(Process process, Path folder) {
        process.destroyForcibly();
        try {
            process.waitFor();
            TemporaryFolders.delete(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String tail(Path log) {
        try {
            String text = Files.readString(log, StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - MAX_LOG_CHARACTERS));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
