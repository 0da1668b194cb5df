package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn grant create}. */
@Command(name = "create", description = "Let a role do something.")
final class GrantCreateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private GrantFlags grant = new GrantFlags();

    GrantCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        grant.send(flags.open(console), "/grants");
        console.say("Role %s has %s".formatted(grant.role(), grant.privilege()));
    }
}
