package dev.tarn.cli;

import dev.tarn.common.SettingsReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags by which properties of a warehouse are given. */
final class PropertyFlags {
    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "A property, as soft-delete.retention=P7D. May be repeated.")
    private Map<String, String> given = new LinkedHashMap<>();

    @Option(
            names = "--properties",
            paramLabel = "FILE",
            description = "Properties, one key=value a line: for secrets, which others can see on a command line.")
    @Nullable
    private Path file;

    Map<String, String> read() {
        Path from = file;
        Map<String, String> all = new LinkedHashMap<>(from == null ? Map.of() : SettingsReader.loadFile(from));
        all.putAll(given);
        return all;
    }
}
