package dev.tarn.cli;

import dev.tarn.catalog.CatalogOptions;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.flight.FlightServerOptions;
import dev.tarn.flight.engine.duckdb.DuckDbEngineSettings;
import dev.tarn.storage.S3Settings;

/**
 * All settings there are. Every command reads all of them, so that a settings file may hold the server's and the clients'
 * and a misspelt key is found whoever reads it.
 *
 * @param server what the parts of the server share
 * @param telemetry what is seen of the server from outside
 * @param client where clients find their servers
 * @param migration where a migration reads from
 * @param kafka where Kafka and its schema registry are
 * @param s3 how S3 is reached
 * @param catalog the catalog server
 * @param flight the Flight SQL gateway
 * @param engine the query engine behind it
 */
record TarnSettings(
        ServerSettings server,
        TelemetrySettings telemetry,
        ClientSettings client,
        MigrationSettings migration,
        KafkaSettings kafka,
        S3Settings s3,
        CatalogOptions catalog,
        FlightServerOptions flight,
        DuckDbEngineSettings engine) {
    /**
     * Reads everything.
     *
     * @throws SettingsFlags.WrongSettings naming the key, the value and the limit, or the unknown key
     */
    static TarnSettings read(SettingsReader settings) {
        try {
            ServerSettings server = ServerSettings.from(settings);
            S3Settings s3 = S3Settings.from(settings);
            CatalogOptions catalog = CatalogOptions.from(settings, server.dataFolder(), server.warehouse(), s3);
            String flightHost = settings.text("flight.host", catalog.host());
            TarnSettings all = new TarnSettings(
                    server,
                    TelemetrySettings.from(settings),
                    ClientSettings.from(settings),
                    MigrationSettings.from(settings),
                    KafkaSettings.from(settings),
                    s3,
                    catalog,
                    FlightServerOptions.from(
                            settings,
                            flightHost,
                            catalog.auth().isOpen()
                                    ? FlightServerOptions.Login.NONE
                                    : FlightServerOptions.Login.CATALOG),
                    DuckDbEngineSettings.from(settings));
            settings.refuseUnknownKeys();
            return all;
        } catch (TarnException e) {
            throw new SettingsFlags.WrongSettings(e);
        }
    }
}
