package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn warehouse describe}. */
@Command(name = "describe", description = "Show a warehouse with its properties; secrets are hidden.")
final class WarehouseDescribeCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    WarehouseDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        WarehouseRows.printOne(
                flags.open(console).get("/warehouses/" + ManagementClient.segment(name)), output, console);
    }
}
