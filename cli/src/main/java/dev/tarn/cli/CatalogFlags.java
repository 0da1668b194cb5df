package dev.tarn.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of every command that works on tables of a REST catalog. */
final class CatalogFlags {
    @Mixin
    SettingsFlags settings = new SettingsFlags();

    @Option(names = "--catalog", paramLabel = "URI", description = "REST catalog; default http://127.0.0.1:8181.")
    String catalog = "";

    @Option(
            names = "--catalog-warehouse",
            paramLabel = "NAME",
            description = "What the catalog knows its warehouse by; default the catalog's own.")
    String warehouse = "";

    /** Opens the catalog; the caller closes it. */
    CatalogConnection open(Console console) {
        return CatalogConnection.open(read(console, Map.of()));
    }

    /** The administration of the warehouse that the flags name. */
    WarehouseAdministration administration(Console console) {
        ClientSettings client = read(console, Map.of()).client();
        return new WarehouseAdministration(new ManagementClient(client), client.warehouse());
    }

    /** All settings, with these flags and those of the command. */
    TarnSettings read(Console console, Map<String, String> given) {
        Map<String, String> flags = new LinkedHashMap<>(given);
        SettingsFlags.putIfGiven(flags, "client.catalog-uri", catalog);
        SettingsFlags.putIfGiven(flags, "client.catalog-warehouse", warehouse);
        return TarnSettings.read(settings.reader(console, flags));
    }
}
