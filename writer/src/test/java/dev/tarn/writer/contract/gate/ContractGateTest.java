package dev.tarn.writer.contract.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractParser;
import dev.tarn.writer.contract.ContractTable;
import dev.tarn.writer.contract.ContractViolation;
import dev.tarn.writer.contract.Limit;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.RuleOutcome;
import dev.tarn.writer.contract.Severity;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import dev.tarn.writer.ingest.RowSelection;
import dev.tarn.writer.ingest.WriteGate;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContractGateTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.optional(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "name", Types.StringType.get()),
            Types.NestedField.optional(3, "score", Types.IntegerType.get()));

    private static final Rule UNIQUE_ID = Rule.of("unique(id)", new Check.Unique(List.of("id")));
    private static final Rule NAMED = Rule.of("enum(name)", new Check.OneOf("name", List.of("a", "b")));
    private static final Rule SCORED = Rule.of(
            "range(score)",
            new Check.Range(
                    "score",
                    Optional.of(dev.tarn.writer.contract.Bound.inclusive("0")),
                    Optional.of(dev.tarn.writer.contract.Bound.inclusive("10"))));

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void createTable() {
        catalog = new TestCatalog(folder);
        table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void droppedRowsAreCountedAndTheRestIsCommitted() {
        IngestReceipt receipt = write(
                options().withAction(RuleAction.DROP),
                List.of(NAMED, SCORED),
                row(1, "a", 5),
                row(2, "x", 11),
                row(3, "b", null));

        assertThat(ids()).containsExactly(1L, 3L);
        assertThat(receipt.rowsRejected()).isEqualTo(1);
        assertThat(receipt.contract().orElseThrow().outcomes())
                .extracting(RuleOutcome::found)
                .containsExactly("1 of 3 rows left out", "1 of 3 rows left out");
    }

    @Test
    void theVerdictNamesEveryBrokenRuleOverAllBatches() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            rows.add(row(i, i % 1_000 == 0 ? "x" : "a", i % 2_000 == 0 ? 99 : 1).values());
        }

        assertThatThrownBy(() -> Ingest.into(table, gated(options(), List.of(NAMED, SCORED)))
                        .appendMaps(rows))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("enum(name) of column name: 20 of 20000 rows")
                .hasMessageContaining("range(score) of column score: 10 of 20000 rows");
        table.refresh();
        assertThat(table.currentSnapshot()).isNull();
    }

    @Test
    void rejectedRowsGoToTheirTableWithRuleAndContract() {
        ContractOptions options = options()
                .withAction("enum(name)", RuleAction.QUARANTINE)
                .withRejects(RejectsTable.beside(catalog.catalog(), TestCatalog.identifier("t")));

        write(options, List.of(NAMED), row(1, "a", 5), row(2, "x", 6), row(3, null, 7));
        write(options, List.of(NAMED), row(4, "y", 5));

        assertThat(ids()).containsExactly(1L, 3L);
        List<Record> rejects = TestCatalog.rows(catalog.load("t__rejects"));
        assertThat(rejects).extracting(row -> row.getField("id")).containsExactlyInAnyOrder(2L, 4L);
        assertThat(rejects).extracting(row -> row.getField("score")).containsExactlyInAnyOrder(6, 5);
        assertThat(rejects).allSatisfy(row -> {
            assertThat(row.getField("tarn_rule")).isEqualTo("enum(name)");
            assertThat(row.getField("tarn_contract")).isEqualTo("c");
            assertThat(row.getField("tarn_contract_version")).isEqualTo("1");
            assertThat(row.getField("tarn_rejected_at")).isNotNull();
            assertThat(row.getField("tarn_load")).isNotNull();
        });
        assertThat(catalog.load("t__rejects").properties()).containsEntry("tarn.rejects-of", "db.t");
    }

    @Test
    void aRepeatedLoadWithATokenPutsNoRowAsideTwice() {
        ContractOptions options = options()
                .withAction(RuleAction.QUARANTINE)
                .withRejects(RejectsTable.beside(catalog.catalog(), TestCatalog.identifier("t")));
        IngestOptions once = gated(options, List.of(NAMED)).withToken(new ProducerToken("p", 1, 1));
        // The load itself fails after its rejects were committed, as if the process had died in between.
        WriteGate.Factory failing = ignored -> new WriteGate() {
            @Override
            public RowSelection admit(RowSelection rows) {
                return rows;
            }

            @Override
            public void beforeCommit(List<DataFile> files) {
                throw new TarnException(ErrorKind.UNAVAILABLE, "gone");
            }
        };
        List<WriteGate.Factory> both = new ArrayList<>(once.gates());
        both.add(failing);

        assertThatThrownBy(
                        () -> Ingest.into(table, once.withGates(both)).appendMaps(maps(row(1, "a", 1), row(2, "x", 1))))
                .isInstanceOf(TarnException.class)
                .hasMessage("gone");
        assertThat(ids()).isEmpty();
        Ingest.into(table, once).appendMaps(maps(row(1, "a", 1), row(2, "x", 1)));
        Ingest.into(table, once).appendMaps(maps(row(1, "a", 1), row(2, "x", 1)));

        assertThat(ids()).containsExactly(1L);
        assertThat(TestCatalog.rows(catalog.load("t__rejects"))).hasSize(1);
    }

    @Test
    void aRefusedLoadPutsNothingAside() {
        ContractOptions options = options()
                .withAction("enum(name)", RuleAction.QUARANTINE)
                .withRejects(RejectsTable.beside(catalog.catalog(), TestCatalog.identifier("t")));

        // The bad row of the first batch is on its way to the rejects when a later batch breaks the load.
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            rows.add(row(i, i == 0 ? "x" : "a", i == 19_999 ? 99 : 1).values());
        }

        assertThatThrownBy(() -> Ingest.into(table, gated(options, List.of(NAMED, SCORED)))
                        .appendMaps(rows))
                .isInstanceOf(ContractViolation.class);

        Table rejects = catalog.load("t__rejects");
        assertThat(rejects.currentSnapshot()).isNull();
        assertThat(parquetFiles()).isEmpty();
    }

    @Test
    void quarantineWithoutATableIsRefusedBeforeAnyRow() {
        assertThatThrownBy(() -> write(options().withAction(RuleAction.QUARANTINE), List.of(NAMED), row(1, "a", 1)))
                .isInstanceOf(TarnException.class)
                .hasMessage("The rule enum(name) puts rows aside but no table of rejects was given; "
                        + "give one or choose another action");
    }

    @Test
    void badValuesAreSetToNullAndTheRowStays() {
        IngestReceipt receipt = write(
                options().withAction(RuleAction.NULL_OUT),
                List.of(NAMED, SCORED),
                row(1, "x", 5),
                row(2, "a", 11),
                row(3, "y", -1));

        List<Record> rows = TestCatalog.rows(table);
        assertThat(rows).extracting(row -> row.getField("id")).containsExactly(1L, 2L, 3L);
        assertThat(rows).extracting(row -> row.getField("name")).containsExactly(null, "a", null);
        assertThat(rows).extracting(row -> row.getField("score")).containsExactly(5, null, null);
        assertThat(receipt.rowsRejected()).isZero();
    }

    @Test
    void requiredColumnsCannotBeSetToNull() {
        Table required = catalog.create(
                "r",
                new Schema(Types.NestedField.required(1, "name", Types.StringType.get())),
                PartitionSpec.unpartitioned(),
                3);

        assertThatThrownBy(() -> Ingest.into(required, gated(options().withAction(RuleAction.NULL_OUT), List.of(NAMED)))
                        .appendMaps(List.of(Map.of("name", "x"))))
                .isInstanceOf(TarnException.class)
                .hasMessage("The rule enum(name) sets values to null, which only optional top-level columns of a "
                        + "primitive type allow");
    }

    @Test
    void repeatedKeysOfALoadAreDroppedButForTheFirst() {
        write(
                options().withAction(RuleAction.DROP),
                List.of(UNIQUE_ID),
                row(1, "a", 1),
                row(1, "b", 2),
                row(2, "a", 3));

        assertThat(ids()).containsExactly(1L, 2L);
    }

    @Test
    void rowsWithANullInTheirKeyCountAsDifferent() {
        write(options(), List.of(UNIQUE_ID), row(null, "a", 1), row(null, "b", 2));
        write(options(), List.of(UNIQUE_ID), row(null, "a", 1));

        assertThat(ids()).hasSize(3);
    }

    @Test
    void warningsLetRowsInAndAreReported() {
        Rule warning =
                new Rule("w", NAMED.check(), Limit.none(), Severity.WARNING, "", Optional.of(RuleAction.DROP), 0);

        IngestReceipt receipt = write(options(), List.of(warning), row(1, "x", 1));

        assertThat(ids()).containsExactly(1L);
        assertThat(receipt.contract().orElseThrow().with(RuleOutcome.Status.WARNED))
                .hasSize(1);
        assertThat(receipt.contract().orElseThrow().passed()).isTrue();
        assertThat(table.currentSnapshot().summary()).containsEntry("tarn.contract.rules-warned", "1");
    }

    @Test
    void aKeyThatAnotherWriterCommitsInBetweenIsFoundInsideTheCommit() {
        // The second gate stands for a writer that is faster: it commits the key after the first has compared keys.
        WriteGate.Factory rival = ignored -> new WriteGate() {
            @Override
            public RowSelection admit(RowSelection rows) {
                return rows;
            }

            @Override
            public void beforeCommit(List<DataFile> files) {
                Ingest.into(catalog.load("t"), IngestOptions.defaults())
                        .appendMaps(maps(row(7, "a", 1), row(8, "a", 1)));
            }
        };
        write(options(), List.of(UNIQUE_ID), row(1, "a", 1));
        IngestOptions gated = gated(options(), List.of(UNIQUE_ID));
        List<WriteGate.Factory> both = new ArrayList<>(gated.gates());
        both.add(rival);

        assertThatThrownBy(() -> Ingest.into(table, gated.withGates(both)).appendMaps(maps(row(7, "b", 2))))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("0 of 1 rows repeat a key, and 1 rows of the table have keys of the load");

        assertThat(ids()).containsExactlyInAnyOrder(1L, 7L, 8L);
        // Other keys are no reason to refuse, and the commit follows the rival's.
        List<WriteGate.Factory> again = new ArrayList<>(gated.gates());
        again.add(ignored -> new WriteGate() {
            @Override
            public RowSelection admit(RowSelection rows) {
                return rows;
            }

            @Override
            public void beforeCommit(List<DataFile> files) {
                Ingest.into(catalog.load("t"), IngestOptions.defaults()).appendMaps(maps(row(20, "a", 1)));
            }
        });
        Ingest.into(table, gated.withGates(again)).appendMaps(maps(row(21, "b", 2)));
        assertThat(ids()).containsExactlyInAnyOrder(1L, 7L, 8L, 20L, 21L);
    }

    @Test
    void deletedKeysMayComeAgain() {
        write(options(), List.of(UNIQUE_ID), row(1, "a", 1), row(2, "a", 1));
        Ingest.into(table, IngestOptions.defaults())
                .deleteWhere(org.apache.iceberg.expressions.Expressions.equal("id", 1L));

        write(options(), List.of(UNIQUE_ID), row(1, "b", 2));

        assertThat(ids()).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void anUpsertByTheUniqueKeyKeepsItByItself() {
        write(options(), List.of(UNIQUE_ID), row(1, "a", 1), row(2, "a", 1));

        IngestReceipt receipt = Ingest.into(table, gated(options(), List.of(UNIQUE_ID, NAMED)))
                .upsertMaps(maps(row(2, "b", 2), row(3, "a", 3)), List.of("id"));

        assertThat(ids()).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(receipt.contract().orElseThrow().outcomes().get(0).found())
                .isEqualTo("the keys of the upsert include these columns");
    }

    @Test
    void rowCountsAreThoseOfTheTableAfterTheLoad() {
        Rule atMostThree = new Rule(
                "row-count",
                new Check.RowCount(),
                Limit.rows(Limit.Operator.MUST_BE_LESS_OR_EQUAL_TO, 3),
                Severity.ERROR,
                "",
                Optional.empty(),
                0);
        write(options(), List.of(atMostThree), row(1, "a", 1), row(2, "a", 1));
        write(options(), List.of(atMostThree), row(3, "a", 1));

        assertThatThrownBy(() -> write(options(), List.of(atMostThree), row(4, "a", 1)))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("row-count: 4 rows, allowed <= 3");
    }

    @Test
    void percentagesAreComparedWithTheRowsOfTheLoad() {
        Rule rule = new Rule(
                "few",
                new Check.NotNull("name"),
                Limit.atMostPercent(new BigDecimal("50")),
                Severity.ERROR,
                "",
                Optional.empty(),
                0);
        write(options(), List.of(rule), row(1, null, 1), row(2, "a", 1));

        assertThatThrownBy(() -> write(options(), List.of(rule), row(1, null, 1), row(2, "a", 1), row(3, null, 1)))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("few of column name: 2 of 3 rows, allowed <= 50 percent");
    }

    @Test
    void foreignKeysAreLookedUpInTheOtherTable() {
        Table names = catalog.create(
                "names",
                new Schema(Types.NestedField.optional(1, "name", Types.StringType.get())),
                PartitionSpec.unpartitioned(),
                3);
        Ingest.into(names, IngestOptions.defaults()).appendMaps(List.of(Map.of("name", "a"), Map.of("name", "c")));
        Rule rule = Rule.of("fk", new Check.ForeignKey(List.of("name"), "names", List.of("name")));
        ContractOptions options = options().withLookup(catalog::load);

        write(options, List.of(rule), row(1, "a", 1), row(2, null, 1), row(3, "c", 1));

        assertThat(ids()).hasSize(3);
        assertThatThrownBy(() -> write(options, List.of(rule), row(4, "b", 1), row(5, "a", 1)))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("1 of 2 distinct values are not in table");
        assertThat(write(options(), List.of(rule), row(4, "b", 1))
                        .contract()
                        .orElseThrow()
                        .outcomes()
                        .get(0)
                        .status())
                .isEqualTo(RuleOutcome.Status.NOT_CHECKED);
    }

    @Test
    void keysOfBadRowsAreNamedOnlyIfAllowed() {
        assertThatThrownBy(() -> write(options(), List.of(NAMED), row(41, "secret", 1)))
                .isInstanceOf(ContractViolation.class)
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("secret").doesNotContain("41"));
        assertThatThrownBy(() -> write(
                        options().withSamples(List.of("id"), 2),
                        List.of(NAMED),
                        row(41, "x", 1),
                        row(42, "x", 1),
                        row(43, "x", 1)))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("3 of 3 rows, such as [id=41, id=42]");
    }

    @Test
    void tooManyKeysForTheBudgetAreRefused() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            rows.add(row(i, "a", 1).values());
        }

        assertThatThrownBy(() -> Ingest.into(
                                table, gated(options().withKeyBudget(new DataSize(50_000)), List.of(UNIQUE_ID)))
                        .appendMaps(rows))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("unique(id)");
    }

    @Test
    void aPatternThatExplodesIsRefusedInsteadOfRunningOn() {
        Rule rule = Rule.of("p", new Check.Matches("name", "(.*a){14}$"));

        assertThatThrownBy(() -> write(options(), List.of(rule), row(1, "a".repeat(60) + "b", 1)))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("The pattern for column 'name' is too costly");
    }

    @Test
    void aTableSaysWhichContractItIsHeldTo() throws Exception {
        String text = """
                dataContractSpecification: 0.9.3
                id: bound
                info: {title: Bound, version: 1.0.0}
                models:
                  t:
                    fields:
                      id: {type: long, required: true}
                """;
        Path file = folder.resolve("contract.yaml");
        Files.writeString(file, text);
        String hash = ContractParser.lint(text.getBytes(StandardCharsets.UTF_8))
                .contract()
                .orElseThrow()
                .hash();
        assertThat(Contracts.gatesFor(table, options())).isEmpty();

        table.updateProperties()
                .set(Contracts.LOCATION_PROPERTY, file.toUri().toString())
                .set(Contracts.HASH_PROPERTY, hash)
                .set(Contracts.VERSION_PROPERTY, "1.0.0")
                .commit();

        assertThatThrownBy(() -> Ingest.into(
                                table, IngestOptions.defaults().withGates(Contracts.gatesFor(table, options())))
                        .appendMaps(maps(row(null, "a", 1))))
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("Contract bound 1.0.0");
        Files.writeString(file, text + "# changed\n");
        assertThatThrownBy(() -> Contracts.gatesFor(table, options()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("wants a contract with tarn.contract.sha256=" + hash);
        Files.delete(file);
        assertThatThrownBy(() -> Contracts.gatesFor(table, options()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
        table.updateProperties().set(Contracts.TEXT_PROPERTY, text).commit();
        assertThat(Contracts.bound(table).orElseThrow().id()).isEqualTo("bound");
    }

    private List<Path> parquetFiles() {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".parquet")).toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private IngestReceipt write(ContractOptions options, List<Rule> rules, Row... rows) {
        return Ingest.into(table, gated(options, rules))
                .appendMaps(Arrays.stream(rows).map(Row::values).toList());
    }

    private static IngestOptions gated(ContractOptions options, List<Rule> rules) {
        Contract contract = new Contract("c", "1", "", "", "", List.of(new ContractTable("t", List.of(), rules)));
        return IngestOptions.defaults().withGates(List.of(Contracts.gate(contract, options)));
    }

    private static ContractOptions options() {
        return ContractOptions.defaults();
    }

    private List<Object> ids() {
        List<Object> ids = new ArrayList<>();
        TestCatalog.rows(table).forEach(row -> ids.add(row.getField("id")));
        return ids;
    }

    private record Row(Integer id, String name, Integer score) {
        Map<String, Object> values() {
            Map<String, Object> row = new HashMap<>();
            row.put("id", id == null ? null : id.longValue());
            row.put("name", name);
            row.put("score", score);
            return row;
        }
    }

    private static Row row(Integer id, String name, Integer score) {
        return new Row(id, name, score);
    }

    private static List<Map<String, Object>> maps(Row... rows) {
        return Arrays.stream(rows).map(Row::values).toList();
    }
}
