package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import org.apache.iceberg.catalog.Namespace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn namespace drop}. */
@Command(name = "drop", description = "Drop an empty namespace.")
final class NamespaceDropCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Parameters(arity = "1", paramLabel = "NAMESPACE", description = "Levels separated by dots.")
    private String namespace = "";

    NamespaceDropCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Namespace name = CatalogConnection.namespace(namespace);
        try (CatalogConnection connection = flags.open(console)) {
            if (!connection.catalog().dropNamespace(name)) {
                throw new TarnException(ErrorKind.NOT_FOUND, "Namespace '%s' does not exist".formatted(name));
            }
            console.say("Dropped " + name);
        }
    }
}
