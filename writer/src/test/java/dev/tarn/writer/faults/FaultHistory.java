package dev.tarn.writer.faults;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.faults.FaultPlan.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.slf4j.LoggerFactory;

/**
 * Some producers that push their rows through a sink while storage and catalog fail and the process dies now and then. Each
 * producer has rows with the numbers 0, 1, 2... and goes on, after every failure, where the table says. In the end the table
 * must hold each row once, and every file that is not in it must have been reported.
 */
final class FaultHistory {
    private static final int PRODUCERS = 3;
    private static final int ROWS = 40;
    private static final long PRODUCER_STEP = 1_000_000;

    private static final org.apache.iceberg.Schema TABLE =
            new org.apache.iceberg.Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final Schema BATCH = new Schema(List.of(Field.nullable("id", new ArrowType.Int(64, true))));

    private final TestCatalog catalog;
    private final Path folder;
    private final String name;
    private final long seed;
    private final Random random;
    private final double probability;
    private final BiFunction<Table, Random, Sink> sinks;
    private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
    private final Map<String, Long> next = new HashMap<>();
    private final Map<String, List<CompletableFuture<?>>> offers = new HashMap<>();
    private final Set<String> reported = new HashSet<>();
    private final Set<String> ofTheDead = new HashSet<>();

    FaultHistory(
            TestCatalog catalog, Path folder, long seed, double probability, BiFunction<Table, Random, Sink> sinks) {
        this.catalog = catalog;
        this.folder = folder;
        this.name = "t" + Long.toHexString(seed);
        this.seed = seed;
        this.random = new Random(seed);
        this.probability = probability;
        this.sinks = sinks;
    }

    /** What happened in one history. */
    record Outcome(List<String> violations, Map<Fault, Integer> injected) {}

    Outcome run() {
        Table clean = catalog.create(name, TABLE, PartitionSpec.unpartitioned(), 3);
        clean.updateProperties()
                .set("commit.retry.min-wait-ms", "1")
                .set("commit.retry.max-wait-ms", "5")
                .commit();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        ch.qos.logback.classic.Logger cleanup =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("dev.tarn.writer.files.FileCleanup");
        log.start();
        cleanup.addAppender(log);
        try (BufferAllocator allocator = new RootAllocator()) {
            while (!done()) {
                oneProcess(allocator);
            }
        } finally {
            cleanup.detachAppender(log);
        }
        log.list.forEach(event -> reported.add(String.valueOf(event.getArgumentArray()[0])));
        List<String> violations = new ArrayList<>();
        checkRows(violations);
        checkFiles(violations);
        return new Outcome(
                violations.stream().map(v -> "seed " + seed + ": " + v).toList(), injected);
    }

    private boolean done() {
        return next.size() == PRODUCERS
                && next.values().stream().allMatch(position -> position >= ROWS)
                && offers.values().stream().allMatch(List::isEmpty);
    }

    /** A process that opens the table, works for a while and dies or ends. */
    private void oneProcess(BufferAllocator allocator) {
        FaultPlan plan = new FaultPlan(random.nextLong(), probability);
        Table loaded = catalog.load(name);
        FaultyOperations operations = new FaultyOperations(((HasTableOperations) loaded).operations(), plan);
        Sink sink;
        try {
            sink = sinks.apply(new BaseTable(operations, loaded.name()), random);
        } catch (RuntimeException e) {
            // It could not even open; the next one may.
            collect(plan);
            return;
        }
        int stepsToLive = random.nextInt(4) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
        try {
            for (int producer = 0; producer < PRODUCERS; producer++) {
                resume(sink, "p" + producer);
            }
            for (int step = 0; !done() && step < stepsToLive; step++) {
                step(sink, plan, allocator);
            }
        } catch (RuntimeException e) {
            // The producer's process gives up; the next one resumes.
        }
        if (!done()) {
            plan.count(Fault.KILL);
            plan.kill();
            ofTheDead.addAll(operations.io().created());
        }
        offers.clear();
        reported.addAll(sink.leftovers());
        sink.drop();
        reported.addAll(sink.leftovers());
        collect(plan);
    }

    private void collect(FaultPlan plan) {
        plan.injected().forEach((fault, count) -> injected.merge(fault, count, Integer::sum));
    }

    private void resume(Sink sink, String producer) {
        // Until the table has answered, nobody knows how far the producer is: the history must not end here.
        offers.remove(producer);
        next.put(producer, 0L);
        next.put(producer, sink.resume(producer));
        offers.put(producer, new ArrayList<>());
    }

    private void step(Sink sink, FaultPlan plan, BufferAllocator allocator) {
        String producer = "p" + random.nextInt(PRODUCERS);
        boolean failed = false;
        try {
            if (next.get(producer) < ROWS) {
                offerSome(sink, allocator, producer);
            }
            if (random.nextInt(4) == 0 || next.values().stream().allMatch(position -> position >= ROWS)) {
                sink.flush();
            }
        } catch (RuntimeException e) {
            failed = true;
        }
        if (plan.isDead()) {
            return;
        }
        for (Map.Entry<String, List<CompletableFuture<?>>> entry :
                Map.copyOf(offers).entrySet()) {
            boolean lost = entry.getValue().stream().anyMatch(CompletableFuture::isCompletedExceptionally);
            entry.getValue().removeIf(CompletableFuture::isDone);
            if (lost || (failed && entry.getKey().equals(producer))) {
                resume(sink, entry.getKey());
            }
        }
    }

    private void offerSome(Sink sink, BufferAllocator allocator, String producer) {
        long from = next.get(producer);
        int count = (int) Math.min(1 + random.nextInt(8), ROWS - from);
        long base = Long.parseLong(producer.substring(1)) * PRODUCER_STEP;
        try (VectorSchemaRoot batch = VectorSchemaRoot.create(BATCH, allocator)) {
            batch.allocateNew();
            for (int i = 0; i < count; i++) {
                ((BigIntVector) batch.getVector("id")).setSafe(i, base + from + i);
            }
            batch.setRowCount(count);
            offers.get(producer).add(sink.offer(batch, producer, from + count));
        }
        next.put(producer, from + count);
    }

    private void checkRows(List<String> violations) {
        Map<Long, Integer> seen = new HashMap<>();
        try {
            TestCatalog.rows(catalog.load(name)).forEach(row -> seen.merge((Long) row.getField("id"), 1, Integer::sum));
        } catch (RuntimeException e) {
            violations.add("the table cannot be read: " + e.getMessage());
            return;
        }
        for (int producer = 0; producer < PRODUCERS; producer++) {
            for (long row = 0; row < ROWS; row++) {
                int times = seen.getOrDefault(producer * PRODUCER_STEP + row, 0);
                if (times != 1) {
                    violations.add("row %d of producer %d is there %d times".formatted(row, producer, times));
                }
            }
        }
    }

    /** A file that was never closed lies under a hidden name that holds its own. */
    private static Path withoutPart(Path file) {
        String hidden = file.getFileName().toString();
        int end = hidden.indexOf(".parquet.");
        return hidden.startsWith(".") && end > 0 ? file.resolveSibling(hidden.substring(1, end) + ".parquet") : file;
    }

    private void checkFiles(List<String> violations) {
        Set<String> referenced = new HashSet<>();
        Table table = catalog.load(name);
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(task -> referenced.add(task.file().location()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path data = folder.resolve("warehouse").resolve("db").resolve(name).resolve("data");
        if (!Files.exists(data)) {
            return;
        }
        try (Stream<Path> files = Files.walk(data)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> {
                        String location = "file://" + withoutPart(file);
                        return !referenced.contains("file://" + file)
                                && !reported.contains(location)
                                && !ofTheDead.contains(location);
                    })
                    .forEach(file -> violations.add("nobody was told of " + file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
