package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn principal assign}. */
@Command(name = "assign", description = "Give a role to a principal.")
final class PrincipalAssignCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1", paramLabel = "ROLE")
    private String role = "";

    PrincipalAssignCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console)
                .put(
                        "/principals/%s/roles/%s"
                                .formatted(ManagementClient.segment(name), ManagementClient.segment(role)),
                        ManagementClient.object());
        console.say("Principal %s has the role %s".formatted(name, role));
    }
}
