package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn warehouse alter}. */
@Command(name = "alter", description = "Change properties of a warehouse, or whether it takes requests.")
final class WarehouseAlterCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private PropertyFlags properties = new PropertyFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAME")
    private String name = "";

    @Option(names = "--remove", paramLabel = "KEY", description = "A property to remove. May be repeated.")
    private List<String> removals = new ArrayList<>();

    @ArgGroup
    private Activity activity = new Activity();

    /** At most one of two switches. */
    static final class Activity {
        @Option(names = "--activate", description = "Take requests again.")
        private boolean activate;

        @Option(names = "--deactivate", description = "Refuse requests of clients; nothing is deleted.")
        private boolean deactivate;
    }

    WarehouseAlterCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ObjectNode body = ManagementClient.object();
        ObjectNode updates = body.putObject("updates");
        properties.read().forEach(updates::put);
        ArrayNode removed = body.putArray("removals");
        removals.forEach(removed::add);
        if (activity.activate || activity.deactivate) {
            body.put("active", activity.activate);
        } else if (updates.isEmpty() && removed.isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Nothing to change: give --property, --remove, --properties, --activate or --deactivate");
        }
        JsonNode altered = flags.open(console).post("/warehouses/" + ManagementClient.segment(name), body);
        WarehouseRows.printOne(altered, output, console);
    }
}
