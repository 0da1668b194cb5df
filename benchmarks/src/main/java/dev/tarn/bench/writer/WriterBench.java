package dev.tarn.bench.writer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Measures the writer library beside its peers, all in this process, taking turns. */
public final class WriterBench {
    private final WriterBenchOptions options;
    private final Path folder;

    WriterBench(WriterBenchOptions options, Path folder) {
        this.options = options;
        this.folder = folder;
    }

    /** Runs what the arguments name. */
    public static void main(String[] arguments) throws IOException, SQLException {
        WriterBenchOptions options = WriterBenchOptions.parse(List.of(arguments));
        Path folder = Files.createTempDirectory("tarn-bench");
        try {
            WriterReport report = new WriterBench(options, folder).run();
            System.out.println(report.tables());
            options.report().ifPresent(page -> report.write(page, options.rounds()));
        } finally {
            delete(folder);
        }
    }

    WriterReport run() throws IOException, SQLException {
        Map<String, Long> rows = new LinkedHashMap<>();
        Map<String, Map<String, EncodeBench.Cost>> encoding = new LinkedHashMap<>();
        List<Figure> figures = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("SET threads = 1");
            statement.execute("SET TimeZone = 'UTC'");
            for (Dataset dataset : Dataset.values()) {
                if (!options.wants(dataset.title())
                        || (dataset == Dataset.FLIGHTS && options.flights().isEmpty())) {
                    continue;
                }
                statement.execute("CREATE TABLE %s AS %s"
                        .formatted(
                                dataset.title(),
                                dataset.select(
                                        options.flights().map(Path::toString).orElse(""), options.rows())));
                try (ArrowTable table = ArrowTable.load(duckdb, dataset.title(), allocator)) {
                    rows.put(dataset.title(), table.rows());
                    Map<String, EncodeBench.Cost> costs =
                            new EncodeBench(duckdb, folder, options.rounds()).run(dataset.title(), table);
                    costs.forEach((peer, cost) -> System.out.printf("%-10s %-28s %s%n", dataset.title(), peer, cost));
                    encoding.put(dataset.title(), costs);
                    if (options.wants("ingest") && dataset == Dataset.NARROW) {
                        figures.addAll(ingest(duckdb, table, allocator));
                    }
                }
                statement.execute("DROP TABLE " + dataset.title());
            }
        }
        return new WriterReport(rows, encoding, figures);
    }

    private List<Figure> ingest(Connection duckdb, ArrowTable narrow, BufferAllocator allocator)
            throws IOException, SQLException {
        Path home = Files.createDirectories(folder.resolve("lake"));
        Files.createDirectories(home.resolve("catalog"));
        List<Figure> figures = new ArrayList<>();
        try (Lake lake = Lake.open(home)) {
            IngestBench bench = new IngestBench(lake, options.rounds());
            figures.addAll(bench.appends(narrow));
            figures.add(bench.manyPartitions(narrow));
            figures.add(new GroupCommitBench(lake, options.producers(), options.commitsOfEach()).run(narrow));
            try (ArrowTable rows = load(duckdb, "SELECT * FROM (%s)", options.upsertRows(), allocator);
                    ArrowTable few = load(duckdb, "SELECT * FROM (%s) LIMIT 1000", options.upsertRows(), allocator);
                    ArrowTable changes = load(
                            duckdb,
                            "SELECT * REPLACE (value + 1 AS value) FROM (%s) USING SAMPLE 10 PERCENT (bernoulli, 7)",
                            options.upsertRows(),
                            allocator)) {
                figures.addAll(bench.upserts(rows, few, changes, home.resolve("index")));
            }
        }
        return figures;
    }

    private static ArrowTable load(Connection duckdb, String select, long rows, BufferAllocator allocator)
            throws IOException, SQLException {
        try (Statement statement = duckdb.createStatement()) {
            statement.execute("CREATE OR REPLACE TABLE loaded AS " + select.formatted(Dataset.NARROW.select("", rows)));
        }
        return ArrowTable.load(duckdb, "loaded", allocator);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
