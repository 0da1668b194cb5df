package dev.tarn.bench.writer;

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

/**
 * The results as a page.
 *
 * @param rows of each table that was encoded
 * @param encoding by table and by peer
 * @param figures of the library as a whole
 */
record WriterReport(Map<String, Long> rows, Map<String, Map<String, EncodeBench.Cost>> encoding, List<Figure> figures) {
    private static final String FIRST = "Tarn";

    String tables() {
        StringBuilder text = new StringBuilder();
        text.append(
                "| table | writer | CPU s | wall s | million rows per CPU second | file MB | CPU, times Tarn's |\n");
        text.append("|---|---|---:|---:|---:|---:|---:|\n");
        encoding.forEach((table, costs) ->
                costs.forEach((peer, cost) -> text.append(row(table, peer, cost, costs.getOrDefault(FIRST, cost)))));
        text.append("\n| what | amount | wall s | CPU s | per second | note |\n|---|---:|---:|---:|---:|---|\n");
        for (Figure figure : figures) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f %s | %.2f | %.2f | %,.0f | %s |%n",
                    figure.what(),
                    figure.amount(),
                    figure.unit(),
                    figure.wallSeconds(),
                    figure.cpuSeconds(),
                    figure.perSecond(),
                    figure.note()));
        }
        return text.toString();
    }

    private String row(String table, String peer, EncodeBench.Cost cost, EncodeBench.Cost first) {
        return String.format(
                Locale.ROOT,
                "| %s, %,d rows | %s | %.3f | %.3f | %.2f | %.1f | %.2f |%n",
                table,
                rows.getOrDefault(table, 0L),
                peer,
                cost.cpuSeconds(),
                cost.wallSeconds(),
                rows.getOrDefault(table, 0L) / cost.cpuSeconds() / 1e6,
                cost.bytes() / 1e6,
                cost.cpuSeconds() / first.cpuSeconds());
    }

    /** Writes the page, or the tables of one that is there already between its marks. */
    void write(Path page, int rounds) {
        String text = """
                # The writer beside its peers

                Written by `./dev bench-writer` on %s; run it again the same way. With names of tables (`flights`, `lineitem`, `events`,
                `narrow`) or of `ingest` it measures only those and prints.

                ## Conditions
                - Machine: %d processors, %s %s, Java %s, serial collector. Load average at the end of the run: %.1f,
                  by its own processes where nothing else runs.
                - All peers write the same rows from memory to one local file: zstd level 3, row groups of 128 MB, pages of 1 MB or 20,000 rows. Tarn
                  gets Arrow batches, Iceberg's writer its generic records, DuckDB a table of its own in memory; none of that is counted.
                - CPU is that of the whole process: garbage collection, just-in-time compilation after two rounds of warm-up, and native threads
                  included. Peers take turns; the tables show medians of %d rounds. DuckDB uses one thread.
                - *zstd calls alone*: the pages of Tarn's file, compressed again one by one: what no writer of this file can be faster than.
                - The flights are the on-time performance data of the U.S. Bureau of Transportation Statistics; line items follow the distributions of
                  the TPC-H specification; events are nested (structs, a list of structs, a list, a map). Where the file of flights lies is told by
                  `flights=FILE`; without it they are left out.
                - The figures of the second table run against a catalog server and an S3 endpoint in memory, each in its own process on the same
                  two processors.

                ## Results
                %s
                """.formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        System.getProperty("java.version"),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                        rounds,
                        tables());
        try {
            Files.createDirectories(page.toAbsolutePath().getParent());
            Files.writeString(page, text.stripTrailing() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + page, e);
        }
    }
}
