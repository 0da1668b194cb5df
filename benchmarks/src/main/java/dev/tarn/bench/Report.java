package dev.tarn.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The results as a page.
 *
 * @param options how they were measured
 * @param peers names of the peers, in the order of the rows
 * @param results by scenario and by name of the peer
 * @param metadata what the metadata of a commit costs without a server, if that was measured
 */
record Report(
        BenchOptions options,
        List<String> peers,
        Map<Scenario, Map<String, Result>> results,
        Optional<MetadataBench.Costs> metadata) {
    private static final String FIRST = "Tarn";

    String table() {
        StringBuilder table = new StringBuilder();
        table.append(
                "| load | server | requests/s | p50 ms | p99 ms | server CPU per request | body | CPU, times Tarn's |\n");
        table.append("|---|---|---:|---:|---:|---:|---:|---:|\n");
        results.forEach((scenario, rows) -> {
            for (String peer : peers) {
                Result result = rows.get(peer);
                if (result != null) {
                    table.append(row(scenario, peer, result, rows.get(FIRST))).append('\n');
                }
            }
        });
        metadata.ifPresent(costs -> table.append(costs(costs)));
        return table.toString();
    }

    private static String costs(MetadataBench.Costs costs) {
        return String.format(
                Locale.ROOT,
                """

                | metadata of one commit to a table of %d snapshots, without a server | CPU | times the first |
                |---|---:|---:|
                | validate, apply, write what changed | %,.0f µs | 1.0 |
                | the same, and compress what changed for the answer | %,.0f µs | %.1f |
                | parse the last version and write it again | %,.0f µs | %.1f |
                """,
                costs.snapshots(),
                costs.spliced(),
                costs.compressed(),
                costs.compressed() / costs.spliced(),
                costs.parsedAndWritten(),
                costs.parsedAndWritten() / costs.spliced());
    }

    private static String row(Scenario scenario, String peer, Result result, @Nullable Result first) {
        double ratio = first == null ? Double.NaN : result.cpuMicros() / first.cpuMicros();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,.0f | %.2f | %.2f | %,.0f µs | %,.1f KB | %.1f |%s",
                scenario.title(),
                peer,
                result.perSecond(),
                result.p50Micros() / 1e3,
                result.p99Micros() / 1e3,
                result.cpuMicros(),
                result.bodyBytes() / 1e3,
                ratio,
                result.refusals() == 0 ? "" : " " + result.refusals() + " refused |");
    }

    void write(Path page) {
        String text = """
                # The catalog beside its peers

                Written by `./dev bench` on %s. Run it again with `./dev bench`; `./dev bench load commit` runs two of its loads.

                ## Conditions
                - Machine: %d processors, %s %s, Java %s. Load average at the end of the run: %.1f. Where that is well above the
                  number of connections, other work ran beside it: read ratios, not absolute figures.
                - Every server runs in a process of its own with a heap of 2 GB; the load comes from one further process on the same
                  machine over loopback, so that client and server share the processors.
                - Peers take turns: %d rounds of %d ms each after a warm-up of %d ms, and the table shows the median of each figure.
                - Durability: Tarn and the reference server keep their state in SQLite with full sync and their files in a local
                  folder. Nessie keeps its state in memory and its files in an S3 endpoint beside it, in memory too.
                - *Bare Vert.x* answers the bytes of Tarn's own answer and does nothing else: the floor of this web framework.
                - Processor time is that of the server's process, user and system, divided by its answers.

                ## Results
                %s
                """.formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        System.getProperty("java.version"),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                        options.rounds(),
                        options.duration().toMillis(),
                        options.warmUp().toMillis(),
                        table());
        try {
            Files.createDirectories(page.toAbsolutePath().getParent());
            Files.writeString(page, text.stripTrailing() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + page, e);
        }
    }
}
