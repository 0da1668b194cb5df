package dev.tarn.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of every command that administers a catalog server as a whole. */
final class ServerFlags {
    @Mixin
    SettingsFlags settings = new SettingsFlags();

    @Option(names = "--catalog", paramLabel = "URI", description = "Catalog server; default http://127.0.0.1:8181.")
    String catalog = "";

    /** The administration of the server. */
    ManagementClient open(Console console) {
        Map<String, String> flags = new LinkedHashMap<>();
        SettingsFlags.putIfGiven(flags, "client.catalog-uri", catalog);
        return new ManagementClient(
                TarnSettings.read(settings.reader(console, flags)).client());
    }
}
