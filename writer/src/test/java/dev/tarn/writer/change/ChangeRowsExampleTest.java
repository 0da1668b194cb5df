package dev.tarn.writer.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples of docs/how-to/change-rows.md, and checks that they are these. */
class ChangeRowsExampleTest {
    @TempDir
    Path folder;

    @Test
    void theExamplesOfThePageWork() {
        Schema schema = new Schema(
                Types.NestedField.required(1, "id", Types.LongType.get()),
                Types.NestedField.optional(2, "city", Types.StringType.get()));
        try (TestCatalog catalog = new TestCatalog(folder)) {
            Table table = catalog.create("t", schema, PartitionSpec.unpartitioned(), 3);
            String indexFolder = folder.resolve("index").toString();
            List<Map<String, Object>> rows =
                    List.of(Map.of("id", 1L, "city", "Bonn"), Map.of("id", 2L, "city", "Rome"));
            List<Map<String, Object>> newRows = List.of(Map.of("id", 9L, "city", "Oslo"));

            IngestOptions options = IngestOptions.defaults().withKeyIndex(Path.of(indexFolder));
            IngestReceipt receipt = Ingest.into(table, options).upsertMaps(rows, List.of("id"));
            assertThat(receipt.rowsAdded()).isEqualTo(2);

            MergeOptions merge = MergeOptions.byKey(List.of("id")).withSequenceColumn("lsn");
            Ingest.into(table, IngestOptions.defaults())
                    .mergeEvents(
                            List.of(
                                    ChangeEvent.insert(Map.of("id", 7L, "city", "Oslo", "lsn", 41)),
                                    ChangeEvent.delete(Map.of("id", 1L, "lsn", 42))),
                            merge);
            assertThat(cities(table)).containsExactlyInAnyOrder("2 Rome", "7 Oslo");

            Ingest.into(table, IngestOptions.defaults()).deleteWhere(Expressions.equal("city", "Rome"));
            Ingest.into(table, IngestOptions.defaults()).overwriteMaps(newRows, Expressions.equal("city", "Oslo"));
            assertThat(cities(table)).containsExactly("9 Oslo");
        }
    }

    @Test
    void theExamplesOfThePageAreTheseHere() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("ARCHITECTURE.md"))) {
            root = root.getParent();
        }
        String page = Files.readString(root.resolve("docs/how-to/change-rows.md"));
        String here = squeeze(Files.readString(
                root.resolve("writer/src/test/java/dev/tarn/writer/change/ChangeRowsExampleTest.java")));
        Matcher examples = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
        List<String> found = new ArrayList<>();
        while (examples.find()) {
            found.add(squeeze(examples.group(1)));
        }
        assertThat(found).hasSize(3).allSatisfy(example -> assertThat(here).contains(example));
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", "");
    }

    private static List<String> cities(Table table) {
        return TestCatalog.rows(table).stream()
                .map(row -> row.getField("id") + " " + row.getField("city"))
                .toList();
    }
}
