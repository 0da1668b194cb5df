package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn principal deactivate}. */
@Command(name = "deactivate", description = "Keep a principal out at once, whatever tokens it holds.")
final class PrincipalDeactivateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    PrincipalDeactivateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console)
                .post("/principals/" + ManagementClient.segment(name) + "/deactivate", ManagementClient.object());
        console.say("Deactivated principal " + name);
    }
}
