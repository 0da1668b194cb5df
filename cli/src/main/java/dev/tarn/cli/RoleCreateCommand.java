package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn role create}. */
@Command(name = "create", description = "Create a role that may do nothing yet.")
final class RoleCreateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    RoleCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console).post("/roles", ManagementClient.object().put("name", name));
        console.say("Created role " + name);
    }
}
