package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn table files}. */
@Command(name = "files", description = "List the data and delete files of a snapshot.")
final class TableFilesCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--snapshot", paramLabel = "ID", description = "Snapshot; default the current one.")
    private @Nullable Long snapshot;

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    TableFilesCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (CatalogConnection connection = flags.open(console)) {
            list(connection.load(table), snapshot).print(output.writer(console));
        }
    }

    private static Rows list(Table table, @Nullable Long snapshotId) {
        TableScan scan = table.newScan();
        if (snapshotId != null) {
            if (table.snapshot(snapshotId) == null) {
                throw new TarnException(
                        ErrorKind.NOT_FOUND,
                        "Table '%s' has no snapshot %d; 'tarn table snapshots' lists them"
                                .formatted(table.name(), snapshotId));
            }
            scan = scan.useSnapshot(snapshotId);
        }
        Rows rows = Rows.of(
                Column.text("content"),
                Column.text("format"),
                Column.number("rows"),
                Column.number("bytes"),
                Column.number("spec_id"),
                Column.text("partition"),
                Column.text("path"));
        Set<String> deletesSeen = new HashSet<>();
        try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
            for (FileScanTask task : tasks) {
                add(rows, table, task.file());
                for (DeleteFile delete : task.deletes()) {
                    if (deletesSeen.add(delete.location() + "@" + delete.contentOffset())) {
                        add(rows, table, delete);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of " + table.name(), e);
        }
        return rows;
    }

    private static void add(Rows rows, Table table, ContentFile<?> file) {
        PartitionSpec spec = table.specs().get(file.specId());
        rows.add(
                file.content().name().toLowerCase(Locale.ROOT),
                file.format().name().toLowerCase(Locale.ROOT),
                file.recordCount(),
                file.fileSizeInBytes(),
                file.specId(),
                spec == null ? null : spec.partitionToPath(file.partition()),
                file.location());
    }
}
