package dev.tarn.writer.contract.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractParser;
import dev.tarn.writer.files.FileLimits;
import dev.tarn.writer.files.PartitionedFileWriter;
import dev.tarn.writer.ingest.RowSelection;
import dev.tarn.writer.ingest.WriteContext;
import dev.tarn.writer.ingest.WriteGate;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the rules of a contract cost beside the encoding of the rows, in CPU time. */
class ContractOverheadTest {
    private static final int BATCH_ROWS = 8_192;
    private static final int BATCHES = 20;
    private static final int PASSES = 20;
    private static final int REPEATS = Integer.getInteger("tarn.contract.repeats", 10);

    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "order_id", Types.LongType.get()),
            Types.NestedField.optional(2, "customer_id", Types.StringType.get()),
            Types.NestedField.optional(3, "amount", Types.DecimalType.of(12, 2)),
            Types.NestedField.optional(4, "score", Types.DoubleType.get()),
            Types.NestedField.optional(5, "status", Types.StringType.get()),
            Types.NestedField.optional(6, "created_at", Types.TimestampType.withZone()));

    private static final String RULES = """
            apiVersion: v3.1.0
            kind: DataContract
            id: c
            version: 1.0.0
            status: active
            schema:
              - name: t
                properties:
                  - {name: order_id, logicalType: integer, required: true, logicalTypeOptions: {minimum: 0}%s}
                  - {name: customer_id, logicalType: string, required: true, logicalTypeOptions: {minLength: 2, maxLength: 20}}
                  - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 100000}}
                  - {name: score, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 1}}
                  - name: status
                    logicalType: string
                    logicalTypeOptions: {pattern: "^[a-z]+$"}
                    quality:
                      - {metric: invalidValues, arguments: {validValues: [pending, completed, cancelled]}}
                      - {metric: nullValues, mustBeLessThan: 10, unit: percent}
                  - {name: created_at, logicalType: timestamp, required: true, logicalTypeOptions: {minimum: "2020-01-01"}}
                quality:
                  - {metric: rowCount, mustBeGreaterThan: 0}
            slaProperties:
              - {property: freshness, value: 1000, unit: y, element: t.created_at}
            """;

    @TempDir
    Path folder;

    @Test
    void rulesOfRowsCostAFractionOfTheEncoding() {
        Assumptions.assumeTrue(
                Boolean.getBoolean("tarn.contract.overhead"),
                "Figures need a quiet machine: run with -Dtarn.contract.overhead=true");
        try (TestCatalog catalog = new TestCatalog(folder);
                BufferAllocator allocator = new RootAllocator()) {
            Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
            List<VectorSchemaRoot> batches = batches(allocator);
            Contract plain = contract("");
            Contract withKey = contract(", unique: true");
            long[] encode = new long[REPEATS];
            long[] rules = new long[REPEATS];
            long[] unique = new long[REPEATS];
            for (int i = 0; i < REPEATS; i++) {
                encode[i] = cpu(() -> encode(table, batches));
                rules[i] = cpu(() -> admit(table, batches, plain));
                unique[i] = cpu(() -> admit(table, batches, withKey));
            }
            batches.forEach(VectorSchemaRoot::close);
            double rows = (double) BATCH_ROWS * BATCHES;
            System.out.printf(
                    "CPU per row, best of %d: encode %.1f ns, rules %.1f ns (%.1f %%), with unique %.1f ns (%.1f %%)%n",
                    REPEATS,
                    best(encode) / rows,
                    best(rules) / rows,
                    100.0 * best(rules) / best(encode),
                    best(unique) / rows,
                    100.0 * best(unique) / best(encode));
            assertThat(best(rules)).isLessThan(best(encode));
        }
    }

    private static long best(long[] nanos) {
        return Arrays.stream(nanos).min().orElseThrow();
    }

    private static long cpu(Runnable work) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        // The clock of the process goes in steps of 10 ms, so that one pass would measure little but the clock.
        for (int pass = 0; pass < PASSES; pass++) {
            work.run();
        }
        return (system.getProcessCpuTime() - before) / PASSES;
    }

    private static void encode(Table table, List<VectorSchemaRoot> batches) {
        FileLimits limits = new FileLimits(
                FileLimits.targetFileSize(table), FileLimits.DEFAULT_MEMORY_BUDGET, FileLimits.DEFAULT_MAX_OPEN_FILES);
        try (PartitionedFileWriter writer = new PartitionedFileWriter(table, limits)) {
            batches.forEach(writer::write);
            writer.complete();
        }
    }

    private static Contract contract(String ofKey) {
        byte[] text = RULES.formatted(ofKey).getBytes(StandardCharsets.UTF_8);
        return ContractParser.parse("c", text, ContractParser.Mode.STRICT);
    }

    private static void admit(Table table, List<VectorSchemaRoot> batches, Contract contract) {
        try (WriteGate gate =
                Contracts.gate(contract, ContractOptions.defaults()).open(table, WriteContext.plainAppend())) {
            for (VectorSchemaRoot batch : batches) {
                assertThat(gate.admit(RowSelection.all(batch)).count()).isEqualTo(BATCH_ROWS);
            }
            gate.beforeCommit(List.of());
        }
    }

    private static List<VectorSchemaRoot> batches(BufferAllocator allocator) {
        Random random = new Random(7);
        String[] states = {"pending", "completed", "cancelled"};
        List<VectorSchemaRoot> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator);
            RowTransposer transposer = new RowTransposer(SCHEMA, batch);
            transposer.begin();
            for (int row = 0; row < BATCH_ROWS; row++) {
                Map<String, Object> values = new HashMap<>();
                values.put("order_id", (long) i * BATCH_ROWS + row);
                values.put("customer_id", "customer-" + random.nextInt(50_000));
                values.put("amount", BigDecimal.valueOf(random.nextInt(10_000_000), 2));
                values.put("score", random.nextDouble());
                values.put("status", random.nextInt(20) == 0 ? null : states[random.nextInt(3)]);
                values.put(
                        "created_at",
                        OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)
                                .plusSeconds(random.nextInt(1_000_000)));
                transposer.add((name, position) -> values.get(name));
            }
            transposer.end();
            batches.add(batch);
        }
        return batches;
    }
}
