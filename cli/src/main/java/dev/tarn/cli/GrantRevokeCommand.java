package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn grant revoke}. */
@Command(name = "revoke", description = "Take back what a role may do.")
final class GrantRevokeCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private GrantFlags grant = new GrantFlags();

    GrantRevokeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        grant.send(flags.open(console), "/grants/revoke");
        console.say("Role %s does not have %s any more".formatted(grant.role(), grant.privilege()));
    }
}
