package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.refs.TableRefs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn rollback}. */
@Command(
        name = "rollback",
        description = "Set the main branch of a table back to an earlier snapshot; no file is deleted.",
        footer = {
            "",
            "'tarn table snapshots' lists what there is; a rollback is undone with --any and the newer snapshot."
        })
final class RollbackCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Mixin
    private RefTargetFlags target = new RefTargetFlags();

    @Option(names = "--any", description = "Accept a snapshot that is no ancestor of the current one.")
    private boolean any;

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    RollbackCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (!target.isGiven()) {
            throw new TarnException(ErrorKind.INVALID, "Give --snapshot-id, --ref or --as-of to say where main goes");
        }
        try (CatalogConnection connection = flags.open(console)) {
            TableRefs refs = TableRefs.of(connection.load(table));
            long snapshotId = any ? refs.setCurrent(target.target()) : refs.rollback(target.target());
            Rows.of(Column.text("table"), Column.id("snapshot_id"))
                    .add(table, snapshotId)
                    .print(output.writer(console));
        }
    }
}
