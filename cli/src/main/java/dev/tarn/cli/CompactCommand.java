package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.compact.CompactionExecutor;
import dev.tarn.maintenance.compact.CompactionGroup;
import dev.tarn.maintenance.compact.CompactionOptions;
import dev.tarn.maintenance.compact.CompactionPlan;
import dev.tarn.maintenance.compact.CompactionPlanner;
import dev.tarn.maintenance.compact.CompactionResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn compact}. */
@Command(
        name = "compact",
        description = "Rewrite small files and files with deletes into few large ones; the rows stay the same.")
final class CompactCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--dry-run", description = "Print what would be rewritten, and change nothing.")
    private boolean dryRun;

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = "Under the names of Spark's rewrite_data_files, as rewrite-all=true; may be repeated.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    CompactCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (CatalogConnection connection = flags.open(console)) {
            Table target = connection.load(table);
            CompactionOptions chosen = CompactionOptions.of(target, options);
            CompactionPlan plan = CompactionPlanner.plan(target, chosen);
            if (dryRun) {
                print(plan);
                return ExitCode.OK.number();
            }
            CompactionResult result = CompactionExecutor.run(target, plan, chosen, new ProgressLines(console));
            print(result);
            if (!result.failure().isEmpty()) {
                console.say("tarn: a group was given up: " + result.failure());
            }
            return (result.status() == MaintenanceStatus.PARTIAL ? ExitCode.PARTIAL : ExitCode.OK).number();
        }
    }

    private void print(CompactionPlan plan) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, plan.toJson());
            return;
        }
        Rows rows = Rows.of(
                Column.text("tier"),
                Column.text("reason"),
                Column.number("spec_id"),
                Column.text("partition"),
                Column.number("input_files"),
                Column.number("input_bytes"),
                Column.number("output_files"));
        for (CompactionGroup group : plan.groups()) {
            rows.add(
                    group.tier().name(),
                    group.reason(),
                    group.specId(),
                    group.partition(),
                    group.inputs().size(),
                    group.bytes(),
                    group.expectedOutputFiles());
        }
        rows.print(output.writer(console));
    }

    private void print(CompactionResult result) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, result.toJson());
            return;
        }
        Rows.of(
                        Column.text("status"),
                        Column.number("rewritten_files"),
                        Column.number("rewritten_bytes"),
                        Column.number("added_files"),
                        Column.number("added_bytes"),
                        Column.number("removed_delete_files"),
                        Column.text("snapshots"))
                .add(
                        result.status().name(),
                        result.rewrittenFiles(),
                        result.rewrittenBytes(),
                        result.addedFiles(),
                        result.addedBytes(),
                        result.removedDeleteFiles(),
                        result.commits().stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .print(output.writer(console));
    }
}
