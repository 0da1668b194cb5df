package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn principal activate}. */
@Command(name = "activate", description = "Let a principal in again.")
final class PrincipalActivateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    PrincipalActivateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console)
                .post("/principals/" + ManagementClient.segment(name) + "/activate", ManagementClient.object());
        console.say("Activated principal " + name);
    }
}
