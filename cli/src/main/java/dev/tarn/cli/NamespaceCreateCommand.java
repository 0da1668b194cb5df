package dev.tarn.cli;

import java.util.Arrays;
import org.apache.iceberg.catalog.Namespace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn namespace create}. */
@Command(name = "create", description = "Create a namespace, and its parents where they do not exist.")
final class NamespaceCreateCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Parameters(arity = "1", paramLabel = "NAMESPACE", description = "Levels separated by dots.")
    private String namespace = "";

    NamespaceCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Namespace name = CatalogConnection.namespace(namespace);
        try (CatalogConnection connection = flags.open(console)) {
            if (name.length() > 1) {
                connection.createNamespaceIfAbsent(Namespace.of(Arrays.copyOf(name.levels(), name.length() - 1)));
            }
            connection.catalog().createNamespace(name);
            console.say("Created " + name);
        }
    }
}
