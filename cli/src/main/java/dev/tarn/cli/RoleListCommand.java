package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn role list}. */
@Command(name = "list", description = "List the roles.")
final class RoleListCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    RoleListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Rows rows = Rows.of(Column.text("name"));
        flags.open(console)
                .list("/roles?pageSize=1000", "roles")
                .forEach(role -> rows.add(role.path("name").asText()));
        rows.print(output.writer(console));
    }
}
