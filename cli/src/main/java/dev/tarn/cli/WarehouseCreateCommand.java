package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn warehouse create}. */
@Command(name = "create", description = "Create a warehouse.")
final class WarehouseCreateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private PropertyFlags properties = new PropertyFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAME", description = "What clients call it.")
    private String name = "";

    @Option(
            names = "--location",
            required = true,
            paramLabel = "URI",
            description = "Where its tables are kept: s3://bucket/prefix, or a folder of the server's disk.")
    private String location = "";

    WarehouseCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ObjectNode body = ManagementClient.object().put("name", name).put("location", location);
        ObjectNode sent = body.putObject("properties");
        properties.read().forEach(sent::put);
        JsonNode created = flags.open(console).post("/warehouses", body);
        WarehouseRows.printOne(created, output, console);
        console.say("Created warehouse %s; clients reach it with --catalog-warehouse %s".formatted(name, name));
    }
}
