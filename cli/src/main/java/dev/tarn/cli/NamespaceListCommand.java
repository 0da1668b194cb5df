package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn namespace list}. */
@Command(name = "list", description = "List all namespaces.")
final class NamespaceListCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    NamespaceListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (CatalogConnection connection = flags.open(console)) {
            Rows rows = Rows.of(Column.text("namespace"));
            connection.namespaces().forEach(namespace -> rows.add(namespace.toString()));
            rows.print(output.writer(console));
        }
    }
}
