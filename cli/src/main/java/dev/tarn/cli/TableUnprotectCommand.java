package dev.tarn.cli;

import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn table unprotect}. */
@Command(name = "unprotect", description = "Let a protected table or view be dropped again.")
final class TableUnprotectCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    TableUnprotectCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        TableIdentifier name = CatalogConnection.identifier(table);
        flags.administration(console).protect(name, false);
        console.say("%s can be dropped again".formatted(name));
    }
}
