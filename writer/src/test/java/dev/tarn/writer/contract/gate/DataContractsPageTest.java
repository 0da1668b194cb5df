package dev.tarn.writer.contract.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractParser;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the page about data contracts: the contract is read, and its Java is this test's. */
class DataContractsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "how-to", "data-contracts.md");
    private static final Path THIS =
            Path.of("src", "test", "java", "dev", "tarn", "writer", "contract", "gate", "DataContractsPageTest.java");

    @TempDir
    Path folder;

    @Test
    void theJavaOfThePageRunsAndDoesWhatThePageSays() throws IOException {
        Path file = Files.writeString(folder.resolve("orders.yaml"), block("yaml"));
        try (TestCatalog tables = new TestCatalog(folder)) {
            Catalog catalog = tables.catalog();
            tables.catalog().createNamespace(Namespace.of("shop"));
            Table table = catalog.createTable(
                    TableIdentifier.of("shop", "orders"),
                    new Schema(
                            Types.NestedField.optional(1, "order_id", Types.StringType.get()),
                            Types.NestedField.optional(2, "amount", Types.DoubleType.get()),
                            Types.NestedField.optional(3, "status", Types.StringType.get())),
                    PartitionSpec.unpartitioned());

            // The page begins.
            Contract contract =
                    ContractParser.parse("orders.yaml", Files.readAllBytes(file), ContractParser.Mode.LENIENT);
            ContractOptions how = ContractOptions.defaults()
                    .withAction(RuleAction.DROP)
                    .withRejects(RejectsTable.beside(catalog, TableIdentifier.of("shop", "orders")));
            IngestOptions options = IngestOptions.defaults().withGates(List.of(Contracts.gate(contract, how)));

            IngestReceipt receipt = Ingest.into(table, options)
                    .appendMaps(List.of(
                            Map.of("order_id", "o-1", "amount", 10.0, "status", "pending"),
                            Map.of("order_id", "o-2", "amount", -1.0, "status", "pending"),
                            Map.of("order_id", "o-3", "amount", 10.0, "status", "lost")));

            ContractReport report = receipt.contract().orElseThrow();
            System.out.println(receipt.rowsAdded() + " added, " + receipt.rowsRejected() + " rejected, passed: "
                    + report.passed());
            // The page ends.

            assertThat(receipt.rowsAdded()).isEqualTo(1);
            assertThat(receipt.rowsRejected()).isEqualTo(2);
            assertThat(report.passed()).isTrue();
            assertThat(TestCatalog.rows(catalog.loadTable(TableIdentifier.of("shop", "orders__rejects"))))
                    .extracting(row -> row.getField("order_id"))
                    .containsExactly("o-3");
        }
    }

    @Test
    void theJavaOfThePageIsTheOneThatRuns() throws IOException {
        String source = Files.readString(THIS);
        String tested = source.substring(
                source.indexOf("// The page begins.") + "// The page begins.".length(),
                source.indexOf("// The page ends."));

        assertThat(words(block("java"))).isEqualTo(words(tested));
    }

    @Test
    void theContractOfThePageHasNoFindings() throws IOException {
        assertThat(ContractParser.lint(block("yaml").getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .findings())
                .isEmpty();
    }

    private static String block(String language) throws IOException {
        Matcher matcher =
                Pattern.compile("(?m)^```" + language + "\\n([\\s\\S]*?)^```$").matcher(Files.readString(PAGE));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** Without the line breaks, which the page and the formatter set as they like. */
    private static String words(String code) {
        return code.replaceAll("\\s+", "");
    }
}
