package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn principal rotate}. */
@Command(
        name = "rotate",
        description = {
            "Give a principal another secret, which is shown this once. The old one counts no more,",
            "and tokens that were got with it cannot be renewed."
        })
final class PrincipalRotateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    PrincipalRotateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        PrincipalRows.printSecret(
                flags.open(console)
                        .post("/principals/" + ManagementClient.segment(name) + "/rotate", ManagementClient.object()),
                output,
                console);
    }
}
