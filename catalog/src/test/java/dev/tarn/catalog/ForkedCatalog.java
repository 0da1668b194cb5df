package dev.tarn.catalog;

import dev.tarn.catalog.lifecycle.PurgeLimits;
import dev.tarn.catalog.tasks.TaskLimits;
import dev.tarn.common.DataSize;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A catalog server in a process of its own, so that it can be killed like one. */
final class ForkedCatalog implements AutoCloseable {
    /** Leases that end soon after a kill, and a purge that is slow enough to be killed. */
    private static final BackgroundOptions BACKGROUND = new BackgroundOptions(
            new TaskLimits(2, Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofSeconds(1)),
            new PurgeLimits(100, 2, DataSize.ofMegabytes(4)),
            4,
            Optional.empty(),
            Optional.empty());

    private final Process process;
    private final URI uri;

    private ForkedCatalog(Process process, URI uri) {
        this.process = process;
        this.uri = uri;
    }

    static ForkedCatalog start(Path folder) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ForkedCatalog.class.getName(),
                        folder.toString())
                .redirectError(new File(folder.toFile(), "server.log"))
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("ready ")) {
                return new ForkedCatalog(process, URI.create(line.substring("ready ".length())));
            }
        }
        throw new IllegalStateException("The forked catalog ended before it was ready");
    }

    URI uri() {
        return uri;
    }

    /** Ends the process by SIGKILL: nothing in it runs any more. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Serves until killed. */
    public static void main(String[] arguments) throws InterruptedException {
        CatalogServer server = CatalogServer.start(
                RunningCatalog.options(Path.of(arguments[0]), CatalogLimits.DEFAULTS)
                        .with(BACKGROUND),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                List.of());
        System.out.println("ready " + server.uri());
        Thread.currentThread().join();
    }
}
