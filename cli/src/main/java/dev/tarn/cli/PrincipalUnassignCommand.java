package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn principal unassign}. */
@Command(name = "unassign", description = "Take a role from a principal.")
final class PrincipalUnassignCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1", paramLabel = "ROLE")
    private String role = "";

    PrincipalUnassignCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console)
                .delete("/principals/%s/roles/%s"
                        .formatted(ManagementClient.segment(name), ManagementClient.segment(role)));
        console.say("Principal %s does not have the role %s any more".formatted(name, role));
    }
}
