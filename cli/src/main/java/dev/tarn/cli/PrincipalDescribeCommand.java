package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn principal describe}. */
@Command(name = "describe", description = "Show a principal and its roles.")
final class PrincipalDescribeCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    PrincipalDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        PrincipalRows.printRoles(
                flags.open(console).get("/principals/" + ManagementClient.segment(name)), output, console);
    }
}
