package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.util.Map;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SortField;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn table describe}. */
@Command(
        name = "describe",
        description = "Show a table: columns, partitioning, properties, current snapshot and totals.")
final class TableDescribeCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    TableDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (CatalogConnection connection = flags.open(console)) {
            describe(connection.load(table)).print(output.writer(console));
        }
    }

    private static Rows describe(Table table) {
        Rows rows = Rows.of(Column.text("part"), Column.text("name"), Column.text("value"), Column.text("comment"));
        rows.add("table", "name", table.name(), null);
        rows.add("table", "uuid", String.valueOf(table.uuid()), null);
        rows.add("table", "location", table.location(), null);
        rows.add("table", "format-version", String.valueOf(TableUtil.formatVersion(table)), null);
        for (Types.NestedField column : table.schema().columns()) {
            String type = column.type() + (column.isRequired() ? " not null" : "");
            rows.add("column", column.name(), type, column.doc());
        }
        for (PartitionField field : table.spec().fields()) {
            String source = table.schema().findColumnName(field.sourceId());
            rows.add("partition", field.name(), "%s of %s".formatted(field.transform(), source), null);
        }
        for (SortField field : table.sortOrder().fields()) {
            String source = table.schema().findColumnName(field.sourceId());
            String order = "%s %s".formatted(field.direction(), field.nullOrder());
            rows.add("sort", source, "%s %s".formatted(field.transform(), order), null);
        }
        addSnapshot(rows, table.currentSnapshot());
        for (Map.Entry<String, SnapshotRef> ref : table.refs().entrySet()) {
            String kind = ref.getValue().isBranch() ? "branch" : "tag";
            rows.add(kind, ref.getKey(), String.valueOf(ref.getValue().snapshotId()), null);
        }
        table.properties().forEach((key, value) -> rows.add("property", key, value, null));
        return rows;
    }

    private static void addSnapshot(Rows rows, @Nullable Snapshot snapshot) {
        if (snapshot == null) {
            rows.add("snapshot", "id", "", "the table is empty");
            return;
        }
        rows.add("snapshot", "id", String.valueOf(snapshot.snapshotId()), snapshot.operation());
        snapshot.summary().forEach((key, value) -> {
            if (key.startsWith("total-")) {
                rows.add("snapshot", key, value, null);
            }
        });
    }
}
