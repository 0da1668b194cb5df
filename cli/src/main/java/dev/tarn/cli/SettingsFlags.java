package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The flags that every command with settings has, and the place where the sources of settings are put together. */
final class SettingsFlags {
    /** The name of the settings file that is read from the data folder where no other is named. */
    static final String FILE_NAME = "tarn.properties";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder: catalog store, caches, " + FILE_NAME + "; default ./.tarn.")
    String data = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings file, key=value per line; default " + FILE_NAME + " in the data folder.")
    String config = "";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting by its key; 'tarn config' lists them. Not for secrets: others can see flags.")
    Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--s3-endpoint", paramLabel = "URL", description = "S3-compatible store; default AWS.")
    String s3Endpoint = "";

    @Option(names = "--s3-region", paramLabel = "REGION", description = "S3 region.")
    String s3Region = "";

    @Option(names = "--s3-path-style", description = "Put the bucket in the path, as most stores but AWS need it.")
    boolean s3PathStyle;

    /** A settings source was wrong: a mistake of the command line, not of the input. */
    static final class WrongSettings extends TarnException {
        private static final long serialVersionUID = 1L;

        WrongSettings(TarnException cause) {
            super(cause.kind(), String.valueOf(cause.getMessage()), cause);
        }
    }

    /**
     * A reader over the settings file, the environment and the flags.
     *
     * @param commandFlags further flags of the command, by the key that they set
     */
    SettingsReader reader(Console console, Map<String, String> commandFlags) {
        Map<String, String> flags = new LinkedHashMap<>(set);
        putIfGiven(flags, "server.data", data);
        putIfGiven(flags, "s3.endpoint", s3Endpoint);
        putIfGiven(flags, "s3.region", s3Region);
        putIfGiven(flags, "s3.path-style-access", s3PathStyle ? "true" : "");
        flags.putAll(commandFlags);
        return new SettingsReader(file(console, flags), console.environment(), flags);
    }

    static void putIfGiven(Map<String, String> flags, String key, String value) {
        if (!value.isEmpty()) {
            flags.put(key, value);
        }
    }

    private Map<String, String> file(Console console, Map<String, String> flags) {
        try {
            if (!config.isEmpty()) {
                return SettingsReader.loadFile(Path.of(config));
            }
            Path folder = ServerSettings.dataFolder(new SettingsReader(Map.of(), console.environment(), flags));
            Path file = folder.resolve(FILE_NAME);
            return Files.isRegularFile(file) ? SettingsReader.loadFile(file) : Map.of();
        } catch (InvalidPathException e) {
            throw new WrongSettings(new TarnException(
                    ErrorKind.INVALID, "The settings file '%s' is not a path: %s".formatted(config, e.getReason()), e));
        } catch (TarnException e) {
            throw new WrongSettings(e);
        }
    }
}
