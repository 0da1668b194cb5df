package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn principal list}. */
@Command(name = "list", description = "List the principals.")
final class PrincipalListCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    PrincipalListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        PrincipalRows.print(flags.open(console).list("/principals?pageSize=1000", "principals"), output, console);
    }
}
