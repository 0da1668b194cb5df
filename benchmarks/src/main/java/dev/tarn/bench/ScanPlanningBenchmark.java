package dev.tarn.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import dev.tarn.catalog.planning.PlanService;
import dev.tarn.catalog.planning.PlanningEngine;
import dev.tarn.catalog.planning.PlanningSettings;
import dev.tarn.common.DataSize;
import dev.tarn.common.NamedThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * Scan planning by the catalog against Iceberg's own {@code planFiles} and against nothing but decoding the manifests, on
 * a table whose files are in memory: no disk and no network is in any number. Prints medians as a table.
 *
 * <p>Run with {@code java -cp ... dev.tarn.bench.ScanPlanningBenchmark [files] [rounds]}.
 */
public final class ScanPlanningBenchmark {
    private static final int DEFAULT_FILES = 100_000;
    private static final int DEFAULT_ROUNDS = 15;
    private static final int FILES_PER_MANIFEST = 500;
    private static final int COLUMNS = 16;

    /** Files that the column filter keeps. */
    private static final int SELECTED = 105;

    private static final Namespace NAMESPACE = Namespace.of("db");

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final List<Line> lines = new ArrayList<>();
    private final int rounds;

    /**
     * What was measured.
     *
     * @param what the way of planning
     * @param wallMillis median time
     * @param cpuMillis mean time of all threads of the process
     * @param files files in the result
     */
    public record Line(String what, double wallMillis, double cpuMillis, long files) {}

    private ScanPlanningBenchmark(int rounds) {
        this.rounds = rounds;
    }

    /** Measures and prints. */
    public static void main(String[] arguments) {
        int files = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_FILES;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_ROUNDS;
        List<Line> lines = run(files, rounds);
        System.out.printf(
                Locale.ROOT,
                "%-52s %10s %10s %8s %10s%n",
                "planning of " + files + " files",
                "wall ms",
                "CPU ms",
                "files",
                "of planFiles");
        double base = lines.get(0).wallMillis();
        for (Line line : lines) {
            System.out.printf(
                    Locale.ROOT,
                    "%-52s %10.2f %10.2f %8d %10.4f%n",
                    line.what(),
                    line.wallMillis(),
                    line.cpuMillis(),
                    line.files(),
                    line.wallMillis() / base);
        }
    }

    /** Measures on a table of so many files, each way so many times; the first line is that of {@code planFiles}. */
    public static List<Line> run(int files, int rounds) {
        try (InMemoryCatalog catalog = new InMemoryCatalog()) {
            catalog.initialize("bench", Map.of("warehouse", "memory:/warehouse"));
            catalog.createNamespace(NAMESPACE);
            Table table = table(catalog, files);
            ScanPlanningBenchmark benchmark = new ScanPlanningBenchmark(rounds);
            benchmark.measure(table);
            return benchmark.lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void measure(Table table) throws IOException {
        Expression filter =
                Expressions.and(Expressions.greaterThanOrEqual("c0", 0L), Expressions.lessThan("c0", (long) SELECTED));
        String selective = "{\"filter\":{\"type\":\"and\",\"left\":{\"type\":\"gt-eq\",\"term\":\"c0\",\"value\":0},"
                + "\"right\":{\"type\":\"lt\",\"term\":\"c0\",\"value\":%d}}}".formatted(SELECTED);
        time(
                "planFiles, column filter",
                () -> count(table.newScan().filter(filter).planFiles()));
        time("planFiles, everything", () -> count(table.newScan().planFiles()));
        decode(table);
        Path folder = Files.createTempDirectory("planning");
        TableMetadata metadata = ((BaseTable) table).operations().current();
        cold(table, metadata, selective, folder);
        warm(table, metadata, selective, folder);
        Files.deleteIfExists(folder.resolve("planning.key"));
        Files.delete(folder);
    }

    private void decode(Table table) {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(cores, new NamedThreads("decode"));
        try {
            List<ManifestFile> manifests = table.currentSnapshot().dataManifests(table.io());
            time("Avro decode of all manifests over all cores", () -> {
                List<Future<Long>> running = new ArrayList<>();
                manifests.forEach(manifest ->
                        running.add(pool.submit(() -> count(ManifestFiles.read(manifest, table.io(), table.specs())))));
                return running.stream().mapToLong(ScanPlanningBenchmark::get).sum();
            });
        } finally {
            pool.shutdownNow();
        }
    }

    private void cold(Table table, TableMetadata metadata, String request, Path folder) {
        time("catalog, cold cache, column filter", () -> {
            try (PlanningEngine engine = PlanningEngine.open(settings(), folder, Clock.systemUTC())) {
                return planned(engine, table, metadata, request);
            }
        });
    }

    private void warm(Table table, TableMetadata metadata, String request, Path folder) {
        try (PlanningEngine engine = PlanningEngine.open(settings(), folder, Clock.systemUTC())) {
            long before = usedHeap();
            planned(engine, table, metadata, request);
            long cached = usedHeap() - before;
            time("catalog, warm cache, column filter", () -> planned(engine, table, metadata, request));
            time("catalog, warm cache, everything, first answer", () -> planned(engine, table, metadata, "{}"));
            lines.add(new Line(
                    "  heap of the cache in MB: counted %.1f, measured %.1f"
                            .formatted(engine.cache().bytes() / 1e6, cached / 1e6),
                    0,
                    0,
                    engine.cache().decodedManifests()));
            long decoded = engine.cache().decodedManifests();
            append(table, List.of(file(table, 0, new Random(1))));
            planned(engine, table, ((BaseTable) table).operations().current(), request);
            lines.add(new Line(
                    "  manifests decoded for a new snapshot",
                    0,
                    0,
                    engine.cache().decodedManifests() - decoded));
        }
    }

    private static PlanningSettings settings() {
        return new PlanningSettings(
                DataSize.ofMegabytes(1_024),
                DataSize.ofMegabytes(64),
                Integer.MAX_VALUE,
                2_000,
                2,
                4,
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                Optional.empty());
    }

    private static long planned(PlanningEngine engine, Table table, TableMetadata metadata, String request) {
        PlanService service = engine.warehouse("bench", table.io(), location -> true);
        byte[] answer = get(service.plan(new PlanService.Asked("bench", metadata, ""), json(request))
                .toCompletableFuture());
        return occurrences(answer, "\"data-file\"".getBytes(StandardCharsets.US_ASCII));
    }

    private static long occurrences(byte[] text, byte[] word) {
        long found = 0;
        for (int i = 0; i + word.length <= text.length; i++) {
            if (text[i] == word[0] && Arrays.equals(text, i, i + word.length, word, 0, word.length)) {
                found++;
            }
        }
        return found;
    }

    private void time(String what, Supplier<Long> work) {
        for (int i = 0; i < Math.min(5, rounds); i++) {
            Long unused = work.get(); // Warms the virtual machine up.
        }
        double[] wall = new double[rounds];
        long files = 0;
        long cpuBefore = SYSTEM.getProcessCpuTime();
        for (int i = 0; i < rounds; i++) {
            long before = System.nanoTime();
            files = work.get();
            wall[i] = (System.nanoTime() - before) / 1e6;
        }
        // The clock of the process is coarse on some systems, so that only the sum of all rounds says much.
        double cpuMillis = (SYSTEM.getProcessCpuTime() - cpuBefore) / 1e6 / rounds;
        Arrays.sort(wall);
        lines.add(new Line(what, wall[rounds / 2], cpuMillis, files));
    }

    private static Table table(InMemoryCatalog catalog, int files) {
        List<Types.NestedField> columns = new ArrayList<>();
        for (int i = 0; i < COLUMNS; i++) {
            columns.add(
                    i % 4 == 3
                            ? Types.NestedField.optional(i + 1, "c" + i, Types.StringType.get())
                            : Types.NestedField.optional(i + 1, "c" + i, Types.LongType.get()));
        }
        Table table = catalog.createTable(
                TableIdentifier.of(NAMESPACE, "t"),
                new Schema(columns),
                PartitionSpec.unpartitioned(),
                Map.of(
                        TableProperties.MANIFEST_MERGE_ENABLED,
                        "false",
                        TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED,
                        "true",
                        TableProperties.METADATA_PREVIOUS_VERSIONS_MAX,
                        "1"));
        Random random = new Random(42);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            order.add(i);
        }
        java.util.Collections.shuffle(order, random);
        for (int from = 0; from < files; from += FILES_PER_MANIFEST) {
            List<DataFile> batch = new ArrayList<>();
            for (int i : order.subList(from, Math.min(files, from + FILES_PER_MANIFEST))) {
                batch.add(file(table, i, random));
            }
            append(table, batch);
        }
        return table;
    }

    private static void append(Table table, List<DataFile> files) {
        AppendFiles append = table.newFastAppend();
        files.forEach(append::appendFile);
        append.commit();
    }

    private static DataFile file(Table table, int index, Random random) {
        Map<Integer, Long> sizes = new HashMap<>();
        Map<Integer, Long> values = new HashMap<>();
        Map<Integer, Long> nulls = new HashMap<>();
        Map<Integer, ByteBuffer> lower = new HashMap<>();
        Map<Integer, ByteBuffer> upper = new HashMap<>();
        long rows = 1_000_000L + random.nextInt(1_000);
        for (Types.NestedField field : table.schema().columns()) {
            int id = field.fieldId();
            sizes.put(id, (long) random.nextInt(10_000_000));
            values.put(id, rows);
            nulls.put(id, (long) random.nextInt(10));
            boolean text = field.type().typeId() == org.apache.iceberg.types.Type.TypeID.STRING;
            long number = id == 1 ? index : random.nextLong() >>> 1;
            Object low = text ? "%016x".formatted(number) : (Object) number;
            Object high = text ? "%016x".formatted(number | 0xffff) : (Object) (id == 1 ? number : number | 0xffff);
            lower.put(id, Conversions.toByteBuffer(field.type(), low));
            upper.put(id, Conversions.toByteBuffer(field.type(), high));
        }
        return DataFiles.builder(table.spec())
                .withPath("%s/data/%05d-0-%s-%05d.parquet"
                        .formatted(
                                table.location(),
                                index % 1_000,
                                new java.util.UUID(random.nextLong(), random.nextLong()),
                                index))
                .withFileSizeInBytes(128_000_000L + random.nextInt(1_000_000))
                .withMetrics(new Metrics(rows, sizes, values, nulls, null, lower, upper))
                .withSplitOffsets(List.of(4L, 64_000_000L))
                .build();
    }

    private static long count(CloseableIterable<?> files) {
        try (CloseableIterable<?> all = files) {
            long count = 0;
            for (Object unused : all) {
                count++;
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
