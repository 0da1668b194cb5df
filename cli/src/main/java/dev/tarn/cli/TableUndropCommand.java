package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn table undrop}. */
@Command(name = "undrop", description = "Bring a dropped table or view back.")
final class TableUndropCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Parameters(
            arity = "1",
            paramLabel = "NAMESPACE.TABLE|ID",
            description = "Its old name, or its id as 'tarn table deleted' shows it.")
    private String table = "";

    @Option(names = "--as", paramLabel = "NAMESPACE.TABLE", description = "Another name, if the old one is in use.")
    private String as = "";

    TableUndropCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        WarehouseAdministration warehouse = flags.administration(console);
        JsonNode back = warehouse.undrop(
                warehouse.deletedId(table),
                as.isEmpty() ? Optional.empty() : Optional.of(CatalogConnection.identifier(as)));
        List<String> name = new ArrayList<>();
        back.path("namespace").forEach(level -> name.add(level.asText()));
        name.add(back.path("name").asText());
        console.say("%s is back".formatted(String.join(".", name)));
    }
}
