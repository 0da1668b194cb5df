package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.expire.JournaledFiles;
import dev.tarn.maintenance.orphans.OrphanExecutor;
import dev.tarn.maintenance.orphans.OrphanOptions;
import dev.tarn.maintenance.orphans.OrphanPlan;
import dev.tarn.maintenance.orphans.OrphanPlanner;
import dev.tarn.maintenance.orphans.OrphanResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.iceberg.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn orphans}. */
@Command(
        name = "orphans",
        description = "Delete old files below a table's locations that nothing refers to.",
        footer = {
            "",
            "Files of the last 24 hours are never looked at. Keep the output of --dry-run --output json in a file, and --plan FILE",
            "deletes what it names, unless something refers to it by then."
        })
final class OrphansCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--dry-run", description = "Print what would be deleted, and change nothing.")
    private boolean dryRun;

    @Option(names = "--plan", paramLabel = "FILE", description = "Carry out a plan that --dry-run printed as JSON.")
    private String plan = "";

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            description = "Look at files older than this, as P3D or 2026-01-01T00:00:00Z; P7D by default.")
    private String olderThan = "";

    @Option(
            names = "--file-list",
            paramLabel = "FILE",
            description = "Take the files from a list instead of the store: 'location,bytes,epoch-milliseconds' lines.")
    private String fileList = "";

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description =
                    "location, equal-schemes, equal-authorities, prefix-mismatch-mode, max-deletes-per-second or max-files; may be repeated.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    OrphansCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (CatalogConnection connection = flags.open(console)) {
            Table target = connection.load(table);
            OrphanOptions chosen = OrphanOptions.of(given(), Instant.now());
            OrphanPlan found = plan.isEmpty() ? plan(connection, target, chosen) : read(Path.of(plan));
            if (dryRun) {
                print(found);
                return ExitCode.OK.number();
            }
            OrphanResult result = OrphanExecutor.run(target, found, chosen, new ProgressLines(console));
            print(result);
            return (result.status() == MaintenanceStatus.PARTIAL ? ExitCode.PARTIAL : ExitCode.OK).number();
        }
    }

    private OrphanPlan plan(CatalogConnection connection, Table target, OrphanOptions chosen) {
        Path journals = connection.dataFolder().resolve("journals");
        return OrphanPlanner.plan(target, chosen, JournaledFiles.of(journals, target), new ProgressLines(console));
    }

    private static OrphanPlan read(Path file) {
        try {
            return OrphanPlan.fromJson(Files.readString(file));
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "Cannot read the plan %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>(options);
        SettingsFlags.putIfGiven(given, "older-than", olderThan);
        SettingsFlags.putIfGiven(given, "file-list", fileList);
        return given;
    }

    private void print(OrphanPlan found) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, found.toJson());
            return;
        }
        OrphanPlan.Kept kept = found.kept();
        Rows.of(Column.text("what"), Column.number("files"), Column.number("bytes"))
                .add("listed", found.listed(), null)
                .add("to delete", found.files().size(), found.bytes())
                .add("kept: young", kept.young(), null)
                .add("kept: age unknown", kept.unknownAge(), null)
                .add("kept: hidden", kept.hidden(), null)
                .add("kept: of other tables", kept.otherTables(), null)
                .add("kept: referred to by another prefix", kept.otherPrefix(), null)
                .add("kept: waiting for an expiry", kept.waiting(), null)
                .add("kept: unreadable metadata", kept.unreadable(), null)
                .print(output.writer(console));
    }

    private void print(OrphanResult result) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, result.toJson());
            return;
        }
        Rows.of(
                        Column.text("status"),
                        Column.number("deleted_files"),
                        Column.number("deleted_bytes"),
                        Column.number("kept_files"),
                        Column.number("failed_files"))
                .add(
                        result.status().name(),
                        result.deletedFiles(),
                        result.deletedBytes(),
                        result.keptFiles(),
                        result.failedFiles())
                .print(output.writer(console));
    }
}
