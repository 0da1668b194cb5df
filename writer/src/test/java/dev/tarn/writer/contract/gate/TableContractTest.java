package dev.tarn.writer.contract.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractFiles;
import dev.tarn.writer.contract.ContractLint;
import dev.tarn.writer.contract.ContractParser;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.contract.ContractTable;
import dev.tarn.writer.contract.Limit;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleOutcome;
import dev.tarn.writer.contract.Severity;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableContractTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void createTable() {
        catalog = new TestCatalog(folder);
        table = catalog.create(
                "orders",
                new Schema(
                        Types.NestedField.optional(1, "order_id", Types.StringType.get()),
                        Types.NestedField.optional(2, "customer_id", Types.StringType.get()),
                        Types.NestedField.optional(3, "amount", Types.DecimalType.of(12, 2)),
                        Types.NestedField.optional(4, "status", Types.StringType.get()),
                        Types.NestedField.optional(5, "created_at", Types.TimestampType.withZone()),
                        Types.NestedField.optional(6, "note", Types.StringType.get())),
                PartitionSpec.unpartitioned(),
                3);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void everyRuleIsTestedOnTheRowsThatAreVisible() {
        Contract contract = ContractFiles.contract("orders.yaml");
        append("o-1", "c-1", "5.00", "pending", 10);
        append("o-2", "c-1", "100000.01", "lost", 10);
        append("o-1", null, "1.00", "completed", 10);

        ContractReport broken = TableContract.test(contract, table, "main", options());

        assertThat(broken.violations())
                .extracting(outcome -> outcome.rule().id(), RuleOutcome::violations)
                .containsExactly(
                        tuple("unique(order_id)", 1L),
                        tuple("not-null(customer_id)", 1L),
                        tuple("range(amount)", 1L),
                        tuple("enum(status)", 1L),
                        tuple("completeness(customer_id)", 1L));
        assertThat(broken.toJson().path("rules")).hasSize(19);
        assertThat(broken.toJson().path("passed").asBoolean()).isFalse();

        Ingest.into(table, IngestOptions.defaults())
                .deleteWhere(Expressions.or(Expressions.equal("order_id", "o-2"), Expressions.isNull("customer_id")));
        assertThat(TableContract.test(contract, table, "main", options()).passed())
                .isTrue();
    }

    @Test
    void branchesAreTestedByThemselvesAndMustExist() {
        append("o-1", "c-1", "5.00", "pending", 10);
        table.manageSnapshots()
                .createBranch("audit/1", table.currentSnapshot().snapshotId())
                .commit();
        Ingest.into(table, IngestOptions.defaults().withBranch("audit/1"))
                .appendMaps(List.of(row("o-2", "c-2", "5.00", "lost", 10)));
        Contract contract = ContractFiles.contract("orders.yaml");

        assertThat(TableContract.test(contract, table, "audit/1", options()).passed())
                .isFalse();
        assertThat(TableContract.test(contract, table, "main", options()).passed())
                .isTrue();
        assertThat(TableContract.violations(contract, table, "audit/1", options()))
                .containsExactly("enum(status) of column status: 1 of 2 rows");
        assertThatThrownBy(() -> TableContract.test(contract, table, "audit/2", options()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                .hasMessageContaining("has no branch 'audit/2', did you mean 'audit/1'?");
    }

    @Test
    void queriesAreAskedOfTheEngineThatIsGiven() {
        append("o-1", "c-1", "5.00", "pending", 10);
        Rule rule = new Rule(
                "sql",
                new Check.Sql(List.of(), "SELECT COUNT(*) FROM ${table}"),
                Limit.rows(Limit.Operator.MUST_BE_LESS_THAN, 2),
                Severity.ERROR,
                "",
                Optional.empty(),
                0);
        Contract contract =
                new Contract("c", "1", "", "", "", List.of(new ContractTable("t", List.of(), List.of(rule))));
        List<String> asked = new ArrayList<>();

        ContractReport good =
                TableContract.test(contract, table, "main", options().withSql((query, column, target, branch) -> {
                    asked.add(query + " on " + branch);
                    return BigDecimal.ONE;
                }));
        ContractReport bad = TableContract.test(
                contract, table, "main", options().withSql((query, column, target, branch) -> BigDecimal.TEN));

        assertThat(asked).containsExactly("SELECT COUNT(*) FROM ${table} on main");
        assertThat(good.passed()).isTrue();
        assertThat(bad.violations()).extracting(RuleOutcome::found).containsExactly("the query gives 10, allowed < 2");
    }

    @Test
    void anEmptyTableKeepsWhatRowsAloneCanBreak() {
        assertThat(TableContract.test(ContractFiles.contract("orders.yaml"), table, "main", options())
                        .passed())
                .isTrue();
    }

    @Test
    void aDraftHasTheColumnsAndOnlyIfAskedTheRanges() {
        append("o-1", "c-1", "5.00", "pending", 10);
        append("o-2", "c-1", "7.50", "pending", 20);

        String plain = ContractDrafts.of(table, "orders", ContractDrafts.Observed.NOTHING);
        String ranged = ContractDrafts.of(table, "orders", ContractDrafts.Observed.RANGES);

        assertThat(plain).contains("decimal(12, 2)").doesNotContain("7.50", "minimum");
        assertThat(ranged).contains("minimum: 5.00", "maximum: 7.50", "2026-03-01T11:40:00Z");
        ContractLint lint = ContractParser.lint(ranged.getBytes(StandardCharsets.UTF_8));
        assertThat(lint.findings()).as(ranged).isEmpty();
        assertThat(TableContract.test(lint.contract().orElseThrow(), table, "main", options())
                        .passed())
                .isTrue();
    }

    private void append(String order, String customer, String amount, String status, int minutesAgo) {
        Ingest.into(table, IngestOptions.defaults())
                .appendMaps(List.of(row(order, customer, amount, status, minutesAgo)));
    }

    private static Map<String, Object> row(
            String order, String customer, String amount, String status, int minutesAgo) {
        Map<String, Object> row = new HashMap<>();
        row.put("order_id", order);
        row.put("customer_id", customer);
        row.put("amount", new BigDecimal(amount));
        row.put("status", status);
        row.put("created_at", OffsetDateTime.ofInstant(NOW.minusSeconds(minutesAgo * 60L), ZoneOffset.UTC));
        return row;
    }

    private static ContractOptions options() {
        return ContractOptions.defaults().withClock(Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
