package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.expire.ExpiryExecutor;
import dev.tarn.maintenance.expire.ExpiryOptions;
import dev.tarn.maintenance.expire.ExpiryPlan;
import dev.tarn.maintenance.expire.ExpiryPlanner;
import dev.tarn.maintenance.expire.ExpiryResult;
import dev.tarn.maintenance.expire.FileKind;
import dev.tarn.maintenance.expire.TableFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.iceberg.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn expire}. */
@Command(
        name = "expire",
        description = "Expire old snapshots and delete the files that only they reached; refs and what they need stay.",
        footer = {"", "Without options the history.expire.* properties of the table decide, or 5 days and 1 snapshot."})
final class ExpireCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--dry-run", description = "Print what would go, and change nothing.")
    private boolean dryRun;

    @Option(names = "--max-age", paramLabel = "DURATION", description = "Keep younger snapshots, as P5D or PT1H.")
    private String maxAge = "";

    @Option(names = "--older-than", paramLabel = "INSTANT", description = "Keep later ones; 2026-01-01T00:00:00Z.")
    private String olderThan = "";

    @Option(names = "--retain-last", paramLabel = "N", description = "Newest snapshots of a branch that stay.")
    private String retainLast = "";

    @Option(names = "--snapshot-ids", paramLabel = "IDS", description = "Exactly these go; separated by commas.")
    private String snapshotIds = "";

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = "clean-expired-metadata, delete-grace or max-deletes-per-second; may be repeated.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    ExpireCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (CatalogConnection connection = flags.open(console)) {
            Table target = connection.load(table);
            Instant now = Instant.now();
            Path journals = connection.dataFolder().resolve("journals");
            ExpiryOptions chosen = ExpiryOptions.of(target, given(), journals, now);
            ExpiryPlan plan = ExpiryPlanner.plan(target, chosen, now);
            if (dryRun) {
                print(plan);
                return ExitCode.OK.number();
            }
            ExpiryResult result = new ExpiryExecutor().run(target, plan, chosen, new ProgressLines(console));
            print(result);
            return (result.status() == MaintenanceStatus.PARTIAL ? ExitCode.PARTIAL : ExitCode.OK).number();
        }
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>(options);
        SettingsFlags.putIfGiven(given, "max-age", maxAge);
        SettingsFlags.putIfGiven(given, "older-than", olderThan);
        SettingsFlags.putIfGiven(given, "retain-last", retainLast);
        SettingsFlags.putIfGiven(given, "snapshot-ids", snapshotIds);
        return given;
    }

    private void print(ExpiryPlan plan) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, plan.toJson());
            return;
        }
        Rows rows = Rows.of(Column.text("what"), Column.number("count"), Column.number("bytes"));
        rows.add("snapshots to expire", plan.snapshotIds().size(), null);
        rows.add("refs to remove", plan.removedRefs().size(), null);
        for (FileKind kind : FileKind.values()) {
            List<TableFile> files = plan.files(kind);
            if (!files.isEmpty()) {
                String name = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                rows.add(
                        "files to delete: " + name,
                        files.size(),
                        files.stream().mapToLong(TableFile::bytes).sum());
            }
        }
        rows.print(output.writer(console));
    }

    private void print(ExpiryResult result) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, result.toJson());
            return;
        }
        Rows.of(
                        Column.text("status"),
                        Column.number("expired_snapshots"),
                        Column.number("deleted_files"),
                        Column.number("deleted_bytes"),
                        Column.number("kept_files"),
                        Column.number("failed_files"),
                        Column.number("waiting_files"))
                .add(
                        result.status().name(),
                        result.expiredSnapshots().size(),
                        result.deletedFiles(),
                        result.deletedBytes(),
                        result.keptFiles(),
                        result.failedFiles(),
                        result.waitingFiles())
                .print(output.writer(console));
    }
}
