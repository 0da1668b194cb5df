package dev.tarn.cli;

import dev.tarn.catalog.store.sql.BackupReport;
import dev.tarn.catalog.store.sql.CatalogBackup;
import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn catalog backup}. */
@Command(
        name = "backup",
        description = "Write all that the catalog database holds to a file, as of one moment; servers may go on.",
        footer = {
            "",
            "It reads the database itself: the one in the data folder, or that of catalog.store.url. The files of tables",
            "are not copied. The backup holds hashes of secrets and the settings of warehouses: keep it as you keep those."
        })
final class CatalogBackupCommand implements Runnable {
    private final Console console;

    @Mixin
    private SettingsFlags settings = new SettingsFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "FILE", description = "Made, or replaced once the new one is whole.")
    private Path file = Path.of("");

    CatalogBackupCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        TarnSettings all = TarnSettings.read(settings.reader(console, Map.of()));
        BackupReport report = all.catalog()
                .postgres()
                .map(postgres -> CatalogBackup.ofPostgres(postgres, file, Clock.systemUTC()))
                .orElseGet(() -> CatalogBackup.ofFolder(all.catalog().dataFolder(), file, Clock.systemUTC()));
        Rows.of(
                        Column.text("file"),
                        Column.text("taken_at"),
                        Column.number("warehouses"),
                        Column.number("objects"),
                        Column.number("rows"))
                .add(file.toString(), report.takenAt().toString(), report.warehouses(), report.objects(), report.rows())
                .print(output.writer(console));
    }
}
