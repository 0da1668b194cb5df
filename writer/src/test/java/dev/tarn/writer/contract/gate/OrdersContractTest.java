package dev.tarn.writer.contract.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractFiles;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.contract.ContractViolation;
import dev.tarn.writer.contract.RuleOutcome;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A contract as users write it, enforced at the commit rule by rule. */
class OrdersContractTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static final Schema SCHEMA = new Schema(
            Types.NestedField.optional(1, "order_id", Types.StringType.get()),
            Types.NestedField.optional(2, "customer_id", Types.StringType.get()),
            Types.NestedField.optional(3, "amount", Types.DoubleType.get()),
            Types.NestedField.optional(4, "status", Types.StringType.get()),
            Types.NestedField.optional(5, "created_at", Types.TimestampType.withZone()));

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;
    private final Contract contract = ContractFiles.contract("orders.yaml");

    @BeforeEach
    void createTable() {
        catalog = new TestCatalog(folder);
        table = catalog.create("orders", SCHEMA, PartitionSpec.unpartitioned(), 3);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void goodRowsAreCommittedWithTheirReport() {
        IngestReceipt receipt = write(orders(10));

        assertThat(TestCatalog.rows(table)).hasSize(10);
        ContractReport report = receipt.contract().orElseThrow();
        assertThat(report.passed()).isTrue();
        assertThat(report.rowsChecked()).isEqualTo(10);
        assertThat(report.outcomes()).hasSize(19).allMatch(outcome -> outcome.status() == RuleOutcome.Status.PASSED);
        assertThat(table.currentSnapshot().summary())
                .containsEntry("tarn.contract.id", "orders-contract")
                .containsEntry("tarn.contract.version", "1.0.0")
                .containsEntry("tarn.contract.sha256", contract.hash())
                .containsEntry("tarn.contract.rules", "19")
                .containsEntry("tarn.contract.rules-passed", "19")
                .containsEntry("tarn.contract.rows-checked", "10");
    }

    @Test
    void aMissingOrderIdIsRefused() {
        refused("not-null(order_id)", "1 of 10 rows", change(3, "order_id", null));
    }

    @Test
    void aMissingCreationTimeIsRefused() {
        refused("not-null(created_at)", "1 of 10 rows", change(0, "created_at", null));
    }

    @Test
    void aRepeatedOrderIdIsRefusedWithinALoad() {
        refused("unique(order_id)", "1 of 10 rows", change(3, "order_id", "o-4"));
    }

    @Test
    void aRepeatedOrderIdIsRefusedAcrossLoads() {
        write(orders(10));
        List<Map<String, Object>> second = new ArrayList<>();
        orders(12).subList(8, 12).forEach(second::add);

        refused("unique(order_id)", "0 of 4 rows repeat a key, and 2 rows of the table have keys of the load", second);
        assertThat(TestCatalog.rows(table)).hasSize(10);
    }

    @Test
    void amountsOutsideOfTheRangeAreRefusedAndItsEndsAreNot() {
        List<Map<String, Object>> rows = change(0, "amount", 0.0);
        rows.set(1, with(rows.get(1), "amount", 100_000.0));
        write(rows);

        refused("range(amount)", "1 of 10 rows", fresh(change(0, "amount", -0.01)));
        refused("range(amount)", "1 of 10 rows", fresh(change(0, "amount", 100_000.01)));
        refused("range(amount)", "1 of 10 rows", fresh(change(0, "amount", Double.NaN)));
    }

    @Test
    void anUnknownStatusIsRefused() {
        refused("enum(status)", "1 of 10 rows", change(5, "status", "lost"));
    }

    @Test
    void completenessIsRefusedBeyondItsThresholdOnly() {
        // The column is required as well, so rows without it are left out to see the threshold alone.
        ContractOptions dropping =
                options().withAction("not-null(customer_id)", dev.tarn.writer.contract.RuleAction.DROP);
        List<Map<String, Object>> rows = orders(1_000);
        rows.set(7, with(rows.get(7), "customer_id", null));

        IngestReceipt receipt = write(rows, dropping);

        assertThat(receipt.rowsRejected()).isEqualTo(1);
        assertThat(TestCatalog.rows(table)).hasSize(999);
        rows = fresh(rows);
        rows.set(8, with(rows.get(8), "customer_id", null));
        List<Map<String, Object>> tooMany = rows;
        assertThatThrownBy(() -> write(tooMany, dropping))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining(
                        "completeness(customer_id) of column customer_id: 2 of 1000 rows, allowed <= 0.1 percent");
    }

    @Test
    void aLoadWhoseYoungestRowIsTooOldIsRefused() {
        List<Map<String, Object>> rows = orders(10);
        rows.replaceAll(row -> with(row, "created_at", at(Duration.ofMinutes(61))));
        refused("freshness(created_at)", "the youngest row is PT1H1M old, allowed PT1H", rows);

        List<Map<String, Object>> atTheLimit = orders(10);
        atTheLimit.replaceAll(row -> with(row, "created_at", at(Duration.ofHours(1))));
        write(atTheLimit);
        assertThat(TestCatalog.rows(table)).hasSize(10);
    }

    @Test
    void aTableWithoutAColumnOrWithAnotherTypeCannotKeepTheContract() {
        Table other = catalog.create(
                "other",
                new Schema(
                        Types.NestedField.optional(1, "order_id", Types.LongType.get()),
                        Types.NestedField.optional(2, "customer_id", Types.StringType.get()),
                        Types.NestedField.optional(3, "amount", Types.DoubleType.get()),
                        Types.NestedField.optional(4, "created_at", Types.TimestampType.withZone())),
                PartitionSpec.unpartitioned(),
                3);

        assertThatThrownBy(() -> Ingest.into(other, gated(options())).appendMaps(List.of(Map.of("order_id", 1L))))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("type(order_id) of column order_id: expected string, found long")
                .hasMessageContaining("present(status) of column status: the table has no such column");
    }

    private void refused(String rule, String found, List<Map<String, Object>> rows) {
        long filesBefore = parquetFiles();
        assertThatThrownBy(() -> write(rows)).isInstanceOfSatisfying(ContractViolation.class, e -> {
            assertThat(e.kind()).isEqualTo(ErrorKind.INVALID);
            assertThat(e.report().violations())
                    .extracting(outcome -> outcome.rule().id())
                    .contains(rule);
            assertThat(e.report().violations()).extracting(RuleOutcome::found).contains(found);
            assertThat(e).hasMessageContaining("Contract orders-contract 1.0.0 is not kept by the rows for table");
            assertThat(e).hasMessageContaining(rule);
        });
        assertThat(parquetFiles()).as("no data file is left behind").isEqualTo(filesBefore);
    }

    private long parquetFiles() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private IngestReceipt write(List<Map<String, Object>> rows) {
        return write(rows, options());
    }

    private IngestReceipt write(List<Map<String, Object>> rows, ContractOptions options) {
        return Ingest.into(table, gated(options)).appendMaps(rows);
    }

    private IngestOptions gated(ContractOptions options) {
        return IngestOptions.defaults().withGates(List.of(Contracts.gate(contract, options)));
    }

    private static ContractOptions options() {
        return ContractOptions.defaults().withClock(Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static List<Map<String, Object>> orders(int count) {
        List<Map<String, Object>> rows = new ArrayList<>();
        String[] states = {"pending", "completed", "cancelled"};
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new HashMap<>();
            row.put("order_id", "o-" + i);
            row.put("customer_id", "c-" + i % 7);
            row.put("amount", i % 5 == 0 ? null : i * 1.5);
            row.put("status", states[i % 3]);
            row.put("created_at", at(Duration.ofMinutes(30 + i % 60)));
            rows.add(row);
        }
        return rows;
    }

    private static List<Map<String, Object>> change(int row, String column, Object value) {
        List<Map<String, Object>> rows = orders(10);
        rows.set(row, with(rows.get(row), column, value));
        return rows;
    }

    /** The same rows under new order ids. */
    private static List<Map<String, Object>> fresh(List<Map<String, Object>> rows) {
        List<Map<String, Object>> renamed = new ArrayList<>();
        rows.forEach(row -> renamed.add(with(row, "order_id", "new-" + row.get("order_id"))));
        return renamed;
    }

    private static Map<String, Object> with(Map<String, Object> row, String column, Object value) {
        Map<String, Object> changed = new HashMap<>(row);
        changed.put(column, value);
        return changed;
    }

    private static OffsetDateTime at(Duration ago) {
        return NOW.minus(ago).atOffset(ZoneOffset.UTC);
    }
}
