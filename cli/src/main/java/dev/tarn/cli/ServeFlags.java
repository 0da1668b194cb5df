package dev.tarn.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The flags of the server. */
final class ServeFlags {
    @Option(
            names = "--warehouse",
            paramLabel = "URI",
            description =
                    "Where tables are kept: a folder, file:///folder or s3://bucket/prefix; default DIR/warehouse.")
    String warehouse = "";

    @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on; default 127.0.0.1.")
    String host = "";

    @Option(
            names = "--catalog-port",
            paramLabel = "N",
            description = "Port of the catalog; default 8181, 0 takes a free one.")
    String catalogPort = "";

    @Option(
            names = "--flight-port",
            paramLabel = "N",
            description = "Port of Flight SQL; default 32010, 0 takes a free one.")
    String flightPort = "";

    Map<String, String> byKey() {
        Map<String, String> flags = new LinkedHashMap<>();
        SettingsFlags.putIfGiven(flags, "server.warehouse", warehouse);
        SettingsFlags.putIfGiven(flags, "catalog.host", host);
        SettingsFlags.putIfGiven(flags, "flight.host", host);
        SettingsFlags.putIfGiven(flags, "catalog.port", catalogPort);
        SettingsFlags.putIfGiven(flags, "flight.port", flightPort);
        return flags;
    }
}
