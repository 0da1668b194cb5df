package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn warehouse list}. */
@Command(name = "list", description = "List the warehouses of the server.")
final class WarehouseListCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    WarehouseListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        WarehouseRows.printList(flags.open(console).list("/warehouses", "warehouses"), output, console);
    }
}
