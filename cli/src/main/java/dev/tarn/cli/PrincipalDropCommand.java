package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn principal drop}. */
@Command(name = "drop", description = "Forget a principal: it cannot log in any more.")
final class PrincipalDropCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    PrincipalDropCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console).delete("/principals/" + ManagementClient.segment(name));
        console.say("Dropped principal " + name);
    }
}
