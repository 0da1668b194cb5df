package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn table snapshots}. */
@Command(name = "snapshots", description = "List the snapshots of a table, oldest first.")
final class TableSnapshotsCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    TableSnapshotsCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (CatalogConnection connection = flags.open(console)) {
            list(connection.load(table)).print(output.writer(console));
        }
    }

    private static Rows list(Table table) {
        Map<Long, List<Map.Entry<String, SnapshotRef>>> refs = table.refs().entrySet().stream()
                .collect(Collectors.groupingBy(entry -> entry.getValue().snapshotId()));
        Rows rows = Rows.of(
                Column.time("committed_at"),
                Column.id("snapshot_id"),
                Column.id("parent_id"),
                Column.text("operation"),
                Column.number("added_rows"),
                Column.number("deleted_rows"),
                Column.number("total_rows"),
                Column.number("total_data_files"),
                Column.text("refs"));
        for (Snapshot snapshot : table.snapshots()) {
            String names = refs.getOrDefault(snapshot.snapshotId(), List.of()).stream()
                    .map(Map.Entry::getKey)
                    .sorted()
                    .collect(Collectors.joining(" "));
            rows.add(
                    Instant.ofEpochMilli(snapshot.timestampMillis()),
                    snapshot.snapshotId(),
                    snapshot.parentId(),
                    snapshot.operation(),
                    count(snapshot, "added-records"),
                    count(snapshot, "deleted-records"),
                    count(snapshot, "total-records"),
                    count(snapshot, "total-data-files"),
                    names);
        }
        return rows;
    }

    private static @Nullable Long count(Snapshot snapshot, String key) {
        String value = snapshot.summary().get(key);
        return value == null ? null : Long.valueOf(value);
    }
}
