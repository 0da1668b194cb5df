package dev.tarn.writer.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContractParserTest {
    @Test
    void theShortFormOfTheSpecificationGivesARuleForEachPromise() {
        ContractLint lint = ContractParser.lint(ContractFiles.read("orders.yaml"));

        assertThat(lint.findings()).isEmpty();
        Contract contract = lint.contract().orElseThrow();
        assertThat(contract.label()).isEqualTo("orders-contract 1.0.0");
        assertThat(contract.hash()).hasSize(64);
        assertThat(contract.tables()).hasSize(1);
        assertThat(contract.tables().get(0).rules())
                .extracting(Rule::id)
                .containsExactly(
                        "present(order_id)",
                        "type(order_id)",
                        "not-null(order_id)",
                        "unique(order_id)",
                        "present(customer_id)",
                        "type(customer_id)",
                        "not-null(customer_id)",
                        "present(amount)",
                        "type(amount)",
                        "range(amount)",
                        "present(status)",
                        "type(status)",
                        "enum(status)",
                        "present(created_at)",
                        "type(created_at)",
                        "not-null(created_at)",
                        "completeness(order_id)",
                        "completeness(customer_id)",
                        "freshness(created_at)");
    }

    @Test
    void completenessIsKeptExactly() {
        Rule rule = rule(ContractFiles.contract("orders.yaml").tables().get(0), "completeness(customer_id)");

        assertThat(rule.limit().acceptsRows(1, 1_000)).isTrue();
        assertThat(rule.limit().acceptsRows(2, 1_999)).isFalse();
        assertThat(rule.limit().describe()).isEqualTo("<= 0.1 percent");
        assertThat(rule.judgesRows()).isFalse();
    }

    @Test
    void odcsGivesColumnsKeysQualityAndServiceLevels() {
        ContractLint lint = ContractParser.lint(ContractFiles.read("shipments-odcs.yaml"));

        assertThat(lint.findings()).isEmpty();
        ContractTable table = lint.contract().orElseThrow().table("db.shipments");
        assertThat(table.rules())
                .extracting(Rule::id)
                .contains(
                        "not-null(shipment_id)",
                        "not-null(line)",
                        "unique(shipment_id,line)",
                        "range(line)",
                        "length(carrier)",
                        "pattern(carrier)",
                        "known-carriers",
                        "multiple-of(weight)",
                        "foreign-key(order_id)",
                        "not-null(address.zip)",
                        "row-count",
                        "unique(order_id,shipped_at)",
                        "no-heavy-mail",
                        "freshness(shipped_at)",
                        "retention(shipped_at)");
        assertThat(rule(table, "range(line)").check())
                .isEqualTo(new Check.Range(
                        "line", Optional.of(Bound.inclusive("1")), Optional.of(Bound.exclusive("1000"))));
        assertThat(rule(table, "pattern(carrier)").action()).contains(RuleAction.QUARANTINE);
        assertThat(rule(table, "known-carriers").limit().unit()).isEqualTo(Limit.Unit.PERCENT);
        assertThat(rule(table, "known-carriers").dimension()).isEqualTo("conformity");
        assertThat(rule(table, "not-null(weight)").severity()).isEqualTo(Severity.WARNING);
        assertThat(rule(table, "foreign-key(order_id)").check())
                .isEqualTo(new Check.ForeignKey(List.of("order_id"), "orders", List.of("order_id")));
        assertThat(rule(table, "freshness(shipped_at)").check())
                .isEqualTo(new Check.Fresh("shipped_at", Duration.ofDays(2)));
    }

    @Test
    void modelsTakeWhatTheirDefinitionsSay() {
        ContractLint lint = ContractParser.lint(ContractFiles.read("models.yaml"));

        assertThat(lint.errors()).isEmpty();
        assertThat(lint.findings()).extracting(LintFinding::message).containsExactly("latency is not enforced");
        Contract contract = lint.contract().orElseThrow();
        ContractTable orders = contract.table("orders");
        assertThat(rule(orders, "pattern(order_id)").check()).isEqualTo(new Check.Matches("order_id", "^O-[0-9]{4}$"));
        assertThat(rule(orders, "range(total)").action()).contains(RuleAction.DROP);
        assertThat(rule(orders, "foreign-key(customer)").check())
                .isEqualTo(new Check.ForeignKey(List.of("customer"), "customers", List.of("id")));
        assertThat(orders.fields().get(2).physicalType()).isEqualTo("decimal(12, 2)");
        assertThat(contract.table("customers").rules())
                .extracting(Rule::id)
                .contains("unique(id)", "pattern(email)")
                .noneMatch(id -> id.startsWith("freshness"));
    }

    @Test
    void jsonIsReadAsWell() {
        String json = """
                {"apiVersion": "v3.0.2", "kind": "DataContract", "id": "c", "version": "1", "status": "draft",
                 "schema": [{"name": "t", "properties": [{"name": "a", "logicalType": "integer", "required": true}]}]}
                """;

        assertThat(lint(json).contract().orElseThrow().table("t").rules())
                .extracting(Rule::id)
                .containsExactly("present(a)", "type(a)", "not-null(a)");
    }

    @Test
    void everyFaultIsNamedWithItsLine() {
        ContractLint lint = lint("""
                dataContractSpecification: 0.9.3
                id: broken
                info:
                  version: 1.0.0
                models:
                  orders:
                    fields:
                      id:
                        type: strin
                        requird: true
                      amount:
                        type: number
                        minimum: 10
                        maximum: 5
                      code:
                        type: string
                        pattern: "[a-"
                        minLength: two
                servicelevels:
                  freshness:
                    threshold: soon
                """);

        assertThat(lint.contract()).isEmpty();
        assertThat(lint.findings())
                .extracting(LintFinding::describe)
                .containsExactly(
                        "line 4: error: info: the key 'title' is missing",
                        "line 9: error: models.orders.fields.id: unknown type 'strin', did you mean 'string'?",
                        "line 10: warning: models.orders.fields.id: unknown key 'requird', did you mean 'required'?",
                        "line 13: error: models.orders.fields.amount: no value lies between 10 and 5",
                        "line 17: error: models.orders.fields.code: the pattern cannot be read: "
                                + "Illegal character range at position 4",
                        "line 18: error: models.orders.fields.code: the key 'minLength' must be a number but was 'two'",
                        "line 21: error: servicelevels.freshness: 'soon' is no length of time, such as PT1H or 25h");
    }

    @Test
    void strictReadingRefusesUnknownKeys() {
        byte[] bytes = odcs("  - name: t\n    colour: red\n");

        assertThat(ContractParser.parse("c.yaml", bytes, ContractParser.Mode.LENIENT)
                        .id())
                .isEqualTo("c");
        assertThatThrownBy(() -> ContractParser.parse("c.yaml", bytes, ContractParser.Mode.STRICT))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessage("Contract c.yaml has 1 faults: line 8: warning: schema[0]: unknown key 'colour'");
    }

    @Test
    void aliasesAreRefusedBecauseTheyMultiply() {
        ContractLint lint = lint("a: &a [x, x]\nb: [*a, *a]\n");

        assertThat(lint.findings())
                .extracting(LintFinding::describe)
                .containsExactly("line 2: error: aliases (*name) are not read; write the value out");
    }

    @Test
    void depthSizeDuplicatesAndSecondDocumentsAreRefused() {
        assertThat(lint("a: ".repeat(1) + "[".repeat(200) + "]".repeat(200)).errors())
                .hasSize(1);
        assertThat(ContractParser.lint(new byte[(4 << 20) + 1]).errors())
                .extracting(LintFinding::message)
                .containsExactly("the file has 4194305 bytes but a contract may have 4194304");
        assertThat(lint("id: a\nid: b\n").errors())
                .extracting(LintFinding::line)
                .containsExactly(2);
        assertThat(lint("id: a\n---\nid: b\n").errors())
                .extracting(LintFinding::message)
                .containsExactly("the file holds more than one document; keep one contract in a file");
        assertThat(lint("").errors()).extracting(LintFinding::message).containsExactly("the file is empty");
        assertThat(lint("just text").errors())
                .extracting(LintFinding::message)
                .containsExactly("a contract is a map of keys");
        assertThat(lint("a: {b: c\n").errors()).hasSize(1);
    }

    @Test
    void whatIsNotEnforcedIsNamed() {
        ContractLint lint = ContractParser.lint(odcs("""
                  - name: t
                    properties:
                      - name: a
                        logicalType: string
                        logicalTypeOptions:
                          format: hostname
                        quality:
                          - type: custom
                            engine: soda
                            implementation: "checks"
                          - metric: fancyMetric
                            mustBe: 0
                      - name: b
                        logicalType: array
                        items:
                          logicalType: string
                          logicalTypeOptions:
                            maxLength: 3
                """));

        assertThat(lint.errors()).isEmpty();
        assertThat(lint.findings())
                .extracting(LintFinding::message)
                .containsExactly(
                        "the format 'hostname' is not enforced; write a pattern",
                        "checks of the engine 'soda' are not run; write them as library or sql",
                        "the metric 'fancyMetric' is not known and not enforced",
                        "rules for elements of a list are not enforced");
    }

    @Test
    void everyOperatorIsRead() {
        String[] limits = {
            "mustBe: 3",
            "mustNotBe: 3",
            "mustBeGreaterThan: 3",
            "mustBeGreaterOrEqualTo: 3",
            "mustBeLessThan: 3",
            "mustBeLessOrEqualTo: 3",
            "mustBeBetween: [3, 5]",
            "mustNotBeBetween: [3, 5]"
        };
        boolean[][] accepted = {
            {false, true, false, false},
            {true, false, true, true},
            {false, false, true, true},
            {false, true, true, true},
            {true, false, false, false},
            {true, true, false, false},
            {false, true, true, false},
            {true, false, false, true},
        };
        for (int i = 0; i < limits.length; i++) {
            String quality = "  - name: t\n    quality:\n      - metric: rowCount\n        " + limits[i] + "\n";
            Limit limit = ContractParser.lint(odcs(quality))
                    .contract()
                    .orElseThrow()
                    .table("t")
                    .rules()
                    .get(0)
                    .limit();
            int[] values = {2, 3, 4, 6};
            for (int j = 0; j < values.length; j++) {
                assertThat(limit.accepts(BigDecimal.valueOf(values[j])))
                        .as("%s of %d", limits[i], values[j])
                        .isEqualTo(accepted[i][j]);
            }
        }
    }

    @Test
    void lengthsOfTimeAreReadInBothForms() {
        assertThat(Periods.parse("PT1H")).contains(Duration.ofHours(1));
        assertThat(Periods.parse("P1Y")).contains(Duration.ofDays(365));
        assertThat(Periods.parse("P1M2DT3H")).contains(Duration.ofDays(32).plusHours(3));
        assertThat(Periods.parse("25h")).contains(Duration.ofHours(25));
        assertThat(Periods.parse("1 year")).contains(Duration.ofDays(365));
        assertThat(Periods.parse("5s")).contains(Duration.ofSeconds(5));
        assertThat(Periods.parse("daily")).isEmpty();
        assertThat(Periods.parse("P")).isEmpty();
        assertThat(Periods.parse("99999999999h")).isEmpty();
    }

    @Test
    void aTableIsFoundByItsNameOrAsTheOnlyOne() {
        Contract shop = ContractFiles.contract("models.yaml");

        assertThat(shop.table("lake.db.customers").name()).isEqualTo("customers");
        assertThat(ContractFiles.contract("orders.yaml").table("db.anything").name())
                .isEqualTo("orders-contract");
        assertThatThrownBy(() -> shop.table("db.order"))
                .isInstanceOf(TarnException.class)
                .hasMessage("Contract shop 0.3.0 has no table 'order', did you mean 'orders'?; "
                        + "it has [orders, customers]");
    }

    private static Rule rule(ContractTable table, String id) {
        return table.rules().stream()
                .filter(rule -> rule.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static ContractLint lint(String text) {
        return ContractParser.lint(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] odcs(String schema) {
        String head = """
                apiVersion: v3.1.0
                kind: DataContract
                id: c
                version: 1.0.0
                status: active
                schema:
                """;
        return (head + schema).getBytes(StandardCharsets.UTF_8);
    }
}
