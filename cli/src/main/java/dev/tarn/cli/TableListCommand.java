package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.util.List;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn table list}. */
@Command(name = "list", description = "List the tables of a namespace, or of all.")
final class TableListCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Levels separated by dots.")
    private String namespace = "";

    TableListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (CatalogConnection connection = flags.open(console)) {
            List<Namespace> namespaces =
                    namespace.isEmpty() ? connection.namespaces() : List.of(CatalogConnection.namespace(namespace));
            Rows rows = Rows.of(Column.text("namespace"), Column.text("table"));
            for (Namespace each : namespaces) {
                for (TableIdentifier table : connection.catalog().listTables(each)) {
                    rows.add(table.namespace().toString(), table.name());
                }
            }
            rows.print(output.writer(console));
        }
    }
}
