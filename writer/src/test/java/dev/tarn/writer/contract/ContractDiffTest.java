package dev.tarn.writer.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.ContractChange.Effect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class ContractDiffTest {
    private static final String ORDERS = new String(ContractFiles.read("orders.yaml"), StandardCharsets.UTF_8);

    @Test
    void equalContractsDoNotDiffer() {
        assertThat(ContractDiff.between(contract(ORDERS), contract(ORDERS + "# a comment\n")))
                .isEmpty();
    }

    @Test
    void withdrawnPromisesBreakReadersAndNewOnesBreakWriters() {
        String after = ORDERS.replace("maximum: 100000", "maximum: 50000")
                .replace(
                        "[\"pending\", \"completed\", \"cancelled\"]",
                        "[\"pending\", \"completed\", \"cancelled\", \"lost\"]")
                .replace("      unique: true\n", "")
                .replace("threshold: 99.9", "threshold: 99")
                .replace("maxDelay: \"PT1H\"", "maxDelay: \"PT2H\"")
                .replace("      type: timestamp\n", "      type: date\n")
                .replace("version: 1.0.0", "version: 2.0.0");
        after = after.replace("    status:\n", "    note:\n      type: string\n      maxLength: 10\n    status:\n");

        assertThat(ContractDiff.between(contract(ORDERS), contract(after)))
                .extracting(ContractChange::effect, ContractChange::path, ContractChange::message)
                .containsExactly(
                        tuple(Effect.COMPATIBLE, "", "version: 1.0.0 -> 2.0.0"),
                        tuple(Effect.BREAKS_READERS, "orders-contract.created_at", "type: timestamp -> date"),
                        tuple(Effect.COMPATIBLE, "orders-contract.note", "column added"),
                        tuple(Effect.BREAKS_READERS, "orders-contract.unique(order_id)", "rule removed"),
                        tuple(Effect.BREAKS_WRITERS, "orders-contract.range(amount)", "tightened"),
                        tuple(Effect.BREAKS_READERS, "orders-contract.enum(status)", "loosened"),
                        tuple(
                                Effect.BREAKS_READERS,
                                "orders-contract.completeness(customer_id)",
                                "limit: <= 0.1 percent -> <= 1 percent"),
                        tuple(
                                Effect.BREAKS_WRITERS,
                                "orders-contract.completeness(customer_id)",
                                "limit: <= 0.1 percent -> <= 1 percent"),
                        tuple(Effect.BREAKS_READERS, "orders-contract.freshness(created_at)", "loosened"),
                        tuple(Effect.COMPATIBLE, "orders-contract.length(note)", "rule added"));
    }

    @Test
    void removedColumnsAndTablesBreakReaders() {
        Contract shop = ContractFiles.contract("models.yaml");
        Contract smaller = new Contract(shop.id(), shop.version(), "", "", "", List.of(shop.table("customers")));

        assertThat(ContractDiff.between(shop, smaller))
                .containsExactly(new ContractChange(Effect.BREAKS_READERS, "orders", "table removed"));
        assertThat(ContractDiff.between(smaller, shop))
                .containsExactly(new ContractChange(Effect.COMPATIBLE, "orders", "table added"));
    }

    @Test
    void aContractBecomesTheSchemaThatItPromises() {
        Schema schema = ContractSchemas.toIceberg(
                ContractFiles.contract("shipments-odcs.yaml").table("shipments"));

        assertThat(schema.findField("shipment_id").type()).isEqualTo(Types.LongType.get());
        assertThat(schema.findField("shipment_id").isRequired()).isTrue();
        assertThat(schema.findField("line").type()).isEqualTo(Types.IntegerType.get());
        assertThat(schema.findField("weight").type()).isEqualTo(Types.DecimalType.of(10, 2));
        assertThat(schema.findField("shipped_at").type()).isEqualTo(Types.TimestampType.withZone());
        assertThat(schema.findField("address.zip").type()).isEqualTo(Types.StringType.get());
    }

    @Test
    void aSchemaSurvivesTheWayThroughADraft() {
        Schema schema = new Schema(
                Types.NestedField.required(1, "id", Types.LongType.get(), "the key"),
                Types.NestedField.optional(2, "small", Types.IntegerType.get()),
                Types.NestedField.optional(3, "price", Types.DecimalType.of(9, 3)),
                Types.NestedField.optional(4, "day", Types.DateType.get()),
                Types.NestedField.optional(5, "local", Types.TimestampType.withoutZone()),
                Types.NestedField.optional(6, "flag", Types.BooleanType.get()),
                Types.NestedField.optional(
                        7, "place", Types.StructType.of(Types.NestedField.required(9, "zip", Types.StringType.get()))),
                Types.NestedField.optional(8, "tags", Types.ListType.ofOptional(10, Types.StringType.get())));

        String draft = ContractWriter.draft("t", new ContractTable("t", ContractSchemas.ofIceberg(schema), List.of()));
        ContractLint lint = ContractParser.lint(draft.getBytes(StandardCharsets.UTF_8));

        assertThat(lint.findings()).as(draft).isEmpty();
        assertThat(ContractSchemas.toIceberg(lint.contract().orElseThrow().table("t"))
                        .asStruct())
                .isEqualTo(schema.asStruct());
    }

    @Test
    void listsWithoutElementsAreNoSchema() {
        ContractTable table = new ContractTable(
                "t", List.of(new ContractField("a", ContractType.ARRAY, "", false, "", List.of())), List.of());

        assertThatThrownBy(() -> ContractSchemas.toIceberg(table))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'a' of the contract is a array but does not say what is in it");
    }

    private static Contract contract(String text) {
        return ContractParser.parse("c.yaml", text.getBytes(StandardCharsets.UTF_8), ContractParser.Mode.LENIENT);
    }
}
