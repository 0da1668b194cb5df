package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn grant list}. */
@Command(name = "list", description = "List what a role may do.")
final class GrantListCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "ROLE")
    private String role = "";

    GrantListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Rows rows = Rows.of(
                Column.text("privilege"),
                Column.text("warehouse"),
                Column.text("namespace"),
                Column.text("table"),
                Column.text("view"));
        JsonNode answer = flags.open(console).get("/roles/" + ManagementClient.segment(role) + "/grants");
        for (JsonNode grant : answer.path("grants")) {
            JsonNode on = grant.path("on");
            List<String> levels = new ArrayList<>();
            on.path("namespace").forEach(level -> levels.add(level.asText()));
            rows.add(
                    grant.path("privilege").asText(),
                    on.path("warehouse").asText(),
                    String.join(".", levels),
                    on.path("table").asText(),
                    on.path("view").asText());
        }
        rows.print(output.writer(console));
    }
}
