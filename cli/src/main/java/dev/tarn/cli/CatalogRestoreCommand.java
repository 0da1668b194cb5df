package dev.tarn.cli;

import dev.tarn.catalog.store.sql.BackupReport;
import dev.tarn.catalog.store.sql.CatalogRestore;
import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn catalog restore}. */
@Command(
        name = "restore",
        description = "Fill an empty catalog database from a backup, all or nothing.",
        footer = {
            "",
            "The database is the one in the data folder, or that of catalog.store.url; stop its servers first. Commits made",
            "after the backup are not in it, but their files are there: 'tarn catalog migrate-from' or a registration of the",
            "newest metadata files brings them back. Until then nothing may be deleted, so purges are held back."
        })
final class CatalogRestoreCommand implements Runnable {
    private final Console console;

    @Mixin
    private SettingsFlags settings = new SettingsFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--resume-tasks", description = "Purges go on: nothing was committed since the backup was taken.")
    private boolean resumeTasks;

    @Parameters(arity = "1", paramLabel = "FILE", description = "Written by 'tarn catalog backup'.")
    private Path file = Path.of("");

    CatalogRestoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        TarnSettings all = TarnSettings.read(settings.reader(console, Map.of()));
        CatalogRestore.Tasks tasks = resumeTasks ? CatalogRestore.Tasks.RESUME : CatalogRestore.Tasks.HOLD;
        BackupReport report = all.catalog()
                .postgres()
                .map(postgres -> CatalogRestore.intoPostgres(postgres, file, tasks, Clock.systemUTC()))
                .orElseGet(() -> CatalogRestore.intoFolder(all.catalog().dataFolder(), file, tasks, Clock.systemUTC()));
        if (report.heldTasks() > 0) {
            console.say("%d tasks are held back, since files may be needed by commits that the backup does not know"
                    .formatted(report.heldTasks()));
        }
        Rows.of(
                        Column.text("taken_at"),
                        Column.number("warehouses"),
                        Column.number("objects"),
                        Column.number("rows"),
                        Column.number("held_tasks"))
                .add(
                        report.takenAt().toString(),
                        report.warehouses(),
                        report.objects(),
                        report.rows(),
                        report.heldTasks())
                .print(output.writer(console));
    }
}
