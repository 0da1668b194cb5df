package dev.tarn.writer.change;

import com.sun.management.OperatingSystemMXBean;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.ingest.BatchSource;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What upserts cost in CPU seconds of the whole process. Arguments: folder, rows of the table, rows of an upsert, {@code
 * index} or {@code scan}, number of upserts.
 */
public final class UpsertCost {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "v", Types.StringType.get()),
            Types.NestedField.optional(3, "n", Types.IntegerType.get()));
    private static final int BATCH = 65_536;

    private UpsertCost() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "upsert-cost");
        long tableRows = Long.parseLong(arguments[1]);
        long rows = Long.parseLong(arguments[2]);
        IngestOptions options = IngestOptions.defaults();
        if (arguments[3].equals("index")) {
            options = options.withKeyIndex(folder.resolve("index"));
        }
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
            Ingest ingest = Ingest.into(table, options);
            long perFile = Math.max(1, tableRows / 10);
            measure("append of " + tableRows, tableRows, () -> {
                IngestReceipt last = null;
                for (long from = 0; from < tableRows; from += perFile) {
                    long start = from;
                    try (Rows source = new Rows(Math.min(perFile, tableRows - from), row -> start + row)) {
                        last = ingest.append(source);
                    }
                }
                return Optional.ofNullable(last).orElseThrow();
            });
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < Integer.parseInt(arguments[4]); i++) {
                measure("upsert " + i + " of " + rows + ", " + arguments[3], rows, () -> {
                    try (Rows source = new Rows(rows, row -> random.nextLong(tableRows))) {
                        return ingest.upsert(source, List.of("id"));
                    }
                });
            }
        }
    }

    private static void measure(String what, long rows, Supplier<IngestReceipt> work) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long wall = System.nanoTime();
        IngestReceipt receipt = work.get();
        double seconds = (system.getProcessCpuTime() - cpu) / 1e9;
        System.out.printf(
                "%s: %.2f CPU s, %.2f s wall, %.0f rows per CPU s, %d added, %d deleted, heap %d MB%n",
                what,
                seconds,
                (System.nanoTime() - wall) / 1e9,
                rows / seconds,
                receipt.rowsAdded(),
                receipt.rowsDeleted(),
                (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
    }

    private static final class Rows implements BatchSource, AutoCloseable {
        private final RootAllocator allocator = new RootAllocator();
        private final VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator);
        private final long rows;
        private final LongUnaryOperator ids;
        private long done;

        Rows(long rows, LongUnaryOperator ids) {
            this.rows = rows;
            this.ids = ids;
        }

        @Override
        public org.apache.arrow.vector.types.pojo.Schema schema() {
            return batch.getSchema();
        }

        @Override
        public @Nullable VectorSchemaRoot next() {
            int count = (int) Math.min(BATCH, rows - done);
            if (count == 0) {
                return null;
            }
            BigIntVector id = (BigIntVector) batch.getVector("id");
            VarCharVector v = (VarCharVector) batch.getVector("v");
            IntVector n = (IntVector) batch.getVector("n");
            for (int i = 0; i < count; i++) {
                long key = ids.applyAsLong(done + i);
                id.setSafe(i, key);
                v.setSafe(i, ("value-" + key % 1_000).getBytes(StandardCharsets.US_ASCII));
                n.setSafe(i, i);
            }
            batch.setRowCount(count);
            done += count;
            return batch;
        }

        @Override
        public void close() {
            batch.close();
            allocator.close();
        }
    }
}
