package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn role drop}. */
@Command(name = "drop", description = "Forget a role: everybody loses it, and its grants are gone.")
final class RoleDropCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    RoleDropCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console).delete("/roles/" + ManagementClient.segment(name));
        console.say("Dropped role " + name);
    }
}
