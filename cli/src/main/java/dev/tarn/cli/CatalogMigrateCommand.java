package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.migrate.CatalogEnd;
import dev.tarn.maintenance.migrate.CatalogMigrationExecutor;
import dev.tarn.maintenance.migrate.CatalogMigrationPlanner;
import dev.tarn.maintenance.migrate.MigrationItem;
import dev.tarn.maintenance.migrate.MigrationPlan;
import dev.tarn.maintenance.migrate.MigrationResult;
import dev.tarn.storage.RestCatalogs;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.rest.RESTCatalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn catalog migrate-from}. */
@Command(
        name = "migrate-from",
        description =
                "Register every namespace, table and view of another REST catalog in this one; no data is copied.",
        footer = {
            "",
            "The source is only read. Run it again to bring over what was added or committed since; stop writing through",
            "the source before you write through the target. A login for the source comes from the settings",
            "migrate.source-token or migrate.source-credential, or their TARN_ environment variables."
        })
final class CatalogMigrateCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--dry-run", description = "Print what would be done, and change nothing.")
    private boolean dryRun;

    @Option(names = "--source-warehouse", paramLabel = "NAME", description = "What the source knows its warehouse by.")
    private String sourceWarehouse = "";

    @Option(
            names = "--namespace",
            paramLabel = "LEVEL.LEVEL",
            description = "Only what is at or below it; default all.")
    private String namespace = "";

    @Parameters(arity = "0..1", paramLabel = "URI", description = "Root of the source; default migrate.source-uri.")
    private String source = "";

    CatalogMigrateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Map<String, String> given = new LinkedHashMap<>();
        SettingsFlags.putIfGiven(given, "migrate.source-uri", source);
        SettingsFlags.putIfGiven(given, "migrate.source-warehouse", sourceWarehouse);
        TarnSettings settings = flags.read(console, given);
        MigrationSettings from = settings.migration();
        if (from.uri().isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID, "No source was named; give its URI, or set 'migrate.source-uri'");
        }
        Namespace root = namespace.isEmpty() ? Namespace.empty() : CatalogConnection.namespace(namespace);
        try (RESTCatalog sourceCatalog = RestCatalogs.open(from.root(), from.warehouse(), from.clientProperties());
                CatalogConnection target = CatalogConnection.open(settings)) {
            CatalogEnd to = CatalogEnd.of(target.catalog());
            ProgressLines progress = new ProgressLines(console);
            MigrationPlan plan = CatalogMigrationPlanner.plan(CatalogEnd.of(sourceCatalog), to, root, progress);
            if (dryRun) {
                print(plan);
                return ExitCode.OK.number();
            }
            MigrationResult result = new CatalogMigrationExecutor().run(to, plan, progress);
            print(result);
            return (result.status() == MaintenanceStatus.PARTIAL ? ExitCode.PARTIAL : ExitCode.OK).number();
        }
    }

    private void print(MigrationPlan plan) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, plan.toJson());
            return;
        }
        Rows rows = Rows.of(Column.text("kind"), Column.text("name"), Column.text("action"), Column.text("note"));
        plan.items().forEach(item -> rows.add(word(item.kind()), item.fullName(), word(item.action()), item.note()));
        rows.print(output.writer(console));
    }

    private void print(MigrationResult result) {
        for (MigrationItem item : result.unfinished()) {
            console.say("%s %s: %s".formatted(word(item.kind()), item.fullName(), item.note()));
        }
        if (Documents.isJson(output.format)) {
            Documents.print(console, result.toJson());
            return;
        }
        Rows.of(
                        Column.text("status"),
                        Column.number("created_namespaces"),
                        Column.number("registered"),
                        Column.number("advanced"),
                        Column.number("present"),
                        Column.number("unfinished"))
                .add(
                        result.status().name(),
                        result.created(),
                        result.registered(),
                        result.advanced(),
                        result.present(),
                        result.unfinished().size())
                .print(output.writer(console));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
