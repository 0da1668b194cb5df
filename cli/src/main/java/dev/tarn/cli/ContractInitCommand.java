package dev.tarn.cli;

import dev.tarn.writer.contract.gate.ContractDrafts;
import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tarn contract init}. */
@Command(
        name = "init",
        description =
                "Print a first contract for a table, in YAML: its columns, and with --ranges what its values are.")
final class ContractInitCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Option(names = "--table", required = true, paramLabel = "NAMESPACE.TABLE", description = "The table.")
    private String table = "";

    @Option(
            names = "--ranges",
            description = "Put smallest and largest values of numbers, dates and times in; they are values of rows.")
    private boolean ranges;

    ContractInitCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (CatalogConnection connection = flags.open(console)) {
            TableIdentifier identifier = CatalogConnection.identifier(table);
            String draft = ContractDrafts.of(
                    connection.load(table),
                    identifier.name(),
                    ranges ? ContractDrafts.Observed.RANGES : ContractDrafts.Observed.NOTHING);
            Documents.printLine(console, draft.stripTrailing());
        }
    }
}
