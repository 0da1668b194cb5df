package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn warehouse drop}. */
@Command(name = "drop", description = "Drop an empty warehouse; its folder or prefix stays.")
final class WarehouseDropCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    WarehouseDropCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        flags.open(console).delete("/warehouses/" + ManagementClient.segment(name));
        console.say("Dropped warehouse " + name);
    }
}
