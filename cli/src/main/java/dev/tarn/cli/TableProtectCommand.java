package dev.tarn.cli;

import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn table protect}. */
@Command(name = "protect", description = "Protect a table or view from being dropped.")
final class TableProtectCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    TableProtectCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        TableIdentifier name = CatalogConnection.identifier(table);
        flags.administration(console).protect(name, true);
        console.say("%s cannot be dropped any more".formatted(name));
    }
}
