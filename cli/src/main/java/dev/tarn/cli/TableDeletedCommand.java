package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn table deleted}. */
@Command(
        name = "deleted",
        description = "List dropped tables and views that can be brought back or wait for their purge.")
final class TableDeletedCommand implements Runnable {
    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Levels separated by dots; default all.")
    private String namespace = "";

    TableDeletedCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        List<JsonNode> deleted = flags.administration(console)
                .deleted(namespace.isEmpty() ? Optional.empty() : Optional.of(CatalogConnection.namespace(namespace)));
        Rows rows = Rows.of(
                Column.text("namespace"),
                Column.text("name"),
                Column.text("kind"),
                Column.text("deleted_at"),
                Column.text("kept_until"),
                Column.bool("purge"),
                Column.text("problem"),
                Column.text("id"));
        for (JsonNode object : deleted) {
            List<String> levels = new ArrayList<>();
            object.path("namespace").forEach(level -> levels.add(level.asText()));
            rows.add(
                    String.join(".", levels),
                    object.path("name").asText(),
                    object.path("kind").asText(),
                    object.path("deleted-at").asText(),
                    object.path("kept-until").asText(),
                    object.path("purge").asBoolean(),
                    object.path("problem").asText(),
                    object.path("id").asText());
        }
        rows.print(output.writer(console));
    }
}
