package dev.tarn.cli;

import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn table drop}. */
@Command(name = "drop", description = "Drop a table; its files stay unless --purge is given.")
final class TableDropCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Option(names = "--purge", description = "Delete the files of the table as well.")
    private boolean purge;

    @Option(names = "--if-exists", description = "Succeed if there is no such table.")
    private boolean ifExists;

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    TableDropCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        TableIdentifier identifier = CatalogConnection.identifier(table);
        try (CatalogConnection connection = flags.open(console)) {
            boolean dropped = connection.catalog().dropTable(identifier, purge);
            if (!dropped && !ifExists) {
                throw connection.unknownTable(identifier, new NoSuchTableException("%s", identifier));
            }
            console.say(dropped ? "Dropped " + identifier : "There is no " + identifier);
        }
    }
}
