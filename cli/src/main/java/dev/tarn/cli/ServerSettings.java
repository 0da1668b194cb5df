package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.storage.WarehouseUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the parts of the all-in-one server share.
 *
 * @param dataFolder everything that this process keeps on its own disk
 * @param warehouse where tables are kept
 * @param drainTimeout how long running work may take to end at a stop
 */
record ServerSettings(Path dataFolder, WarehouseUri warehouse, Duration drainTimeout) {
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(25);

    /**
     * Reads the {@code server.} settings.
     *
     * @throws TarnException INVALID naming key, value and limit
     */
    static ServerSettings from(SettingsReader settings) {
        Path data = dataFolder(settings);
        String warehouse =
                settings.text("server.warehouse", data.resolve("warehouse").toString());
        return new ServerSettings(
                data,
                WarehouseUri.parse(warehouse),
                settings.duration("server.drain-timeout", DRAIN_TIMEOUT, Duration.ZERO, Duration.ofMinutes(10)));
    }

    /**
     * The data folder, absolute.
     *
     * @throws TarnException INVALID if the setting is no path
     */
    static Path dataFolder(SettingsReader settings) {
        String data = settings.text("server.data", ".tarn");
        try {
            return Path.of(data).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Setting 'server.data' must be a folder but was '%s'".formatted(data), e);
        }
    }
}
