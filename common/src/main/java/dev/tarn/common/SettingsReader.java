package dev.tarn.common;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings by key, the strongest source winning: defaults, then the settings file, then the environment
 * ({@code catalog.port} is {@code TARN_CATALOG_PORT}), then flags. It remembers what was asked for, so that
 * {@link #settings()} lists everything in force with its origin and {@link #refuseUnknownKeys()} stops a start that names
 * a key nobody reads. Confined to the thread that starts the process.
 */
public final class SettingsReader {
    private static final String ENVIRONMENT_PREFIX = "TARN_";

    private final Map<String, Found> given = new TreeMap<>();
    private final Map<String, Setting> read = new TreeMap<>();

    private record Found(String value, SettingOrigin origin, String source) {}

    /**
     * A reader over all sources.
     *
     * @param file key=value pairs as in a Java properties file, in UTF-8
     * @param environment variables whose names begin with {@code TARN_} count, others are passed over
     * @param flags by key
     */
    public SettingsReader(Map<String, String> file, Map<String, String> environment, Map<String, String> flags) {
        file.forEach((key, value) -> given.put(key, new Found(value, SettingOrigin.FILE, "the settings file")));
        environment.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                given.put("env:" + name, new Found(value, SettingOrigin.ENVIRONMENT, name));
            }
        });
        flags.forEach(
                (key, value) -> given.put("flag:" + key, new Found(value, SettingOrigin.FLAG, "the command line")));
    }

    /** A reader over values given in code, for tests and for embedding. */
    public static SettingsReader of(Map<String, String> values) {
        return new SettingsReader(Map.of(), Map.of(), values);
    }

    /**
     * Loads a settings file.
     *
     * @throws TarnException NOT_FOUND or INVALID if the file is absent or cannot be read
     */
    public static Map<String, String> loadFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            ErrorKind kind = Files.exists(file) ? ErrorKind.INVALID : ErrorKind.NOT_FOUND;
            throw new TarnException(kind, "Cannot read the settings file %s: %s".formatted(file, e), e);
        }
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }

    /** A text, or the default. */
    public String text(String key, String defaultValue) {
        return found(key, defaultValue, "text").map(Found::value).orElse(defaultValue);
    }

    /** A text that may be absent. */
    public Optional<String> optionalText(String key) {
        return found(key, "", "text").map(Found::value).filter(value -> !value.isEmpty());
    }

    /** A secret that may be absent; it is listed as {@code ***}. */
    public Optional<Secret> optionalSecret(String key) {
        Optional<Found> found = lookUp(key).filter(value -> !value.value().isEmpty());
        SettingOrigin origin = found.map(Found::origin).orElse(SettingOrigin.DEFAULT);
        read.put(key, new Setting(key, found.isPresent() ? "***" : "", "", origin, "secret"));
        return found.map(value -> Secret.of(value.value()));
    }

    /**
     * A whole number within limits, both inclusive.
     *
     * @throws TarnException INVALID naming key, value and limit
     */
    public int integer(String key, int defaultValue, int min, int max) {
        return (int) longInteger(key, defaultValue, min, max);
    }

    /**
     * A whole number of 64 bits within limits, both inclusive.
     *
     * @throws TarnException INVALID naming key, value and limit
     */
    public long longInteger(String key, long defaultValue, long min, long max) {
        String limit = "a whole number from %d to %d".formatted(min, max);
        Optional<Found> found = found(key, Long.toString(defaultValue), limit);
        if (found.isEmpty()) {
            return defaultValue;
        }
        try {
            long value = Long.parseLong(found.get().value().strip());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw bad(key, found.get(), limit, e);
        }
        throw bad(key, found.get(), limit, null);
    }

    /**
     * A switch: {@code true} or {@code false}.
     *
     * @throws TarnException INVALID naming key, value and limit
     */
    public boolean flag(String key, boolean defaultValue) {
        String limit = "true or false";
        Optional<Found> found = found(key, Boolean.toString(defaultValue), limit);
        if (found.isEmpty()) {
            return defaultValue;
        }
        return switch (found.get().value().strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw bad(key, found.get(), limit, null);
        };
    }

    /**
     * A size between two limits, both inclusive.
     *
     * @throws TarnException INVALID naming key, value and limit
     */
    public DataSize dataSize(String key, DataSize defaultValue, DataSize min, DataSize max) {
        String limit = "a size from %s to %s".formatted(min, max);
        Optional<Found> found = found(key, defaultValue.toString(), limit);
        if (found.isEmpty()) {
            return defaultValue;
        }
        try {
            DataSize value = DataSize.parse(found.get().value());
            if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
                return value;
            }
        } catch (IllegalArgumentException e) {
            throw bad(key, found.get(), limit, e);
        }
        throw bad(key, found.get(), limit, null);
    }

    /**
     * A duration in ISO-8601 form ({@code PT30S}, {@code P5D}) between two limits, both inclusive.
     *
     * @throws TarnException INVALID naming key, value and limit
     */
    public Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        String limit = "a duration such as PT30S from %s to %s".formatted(min, max);
        Optional<Found> found = found(key, defaultValue.toString(), limit);
        if (found.isEmpty()) {
            return defaultValue;
        }
        try {
            Duration value = Duration.parse(found.get().value().strip());
            if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
                return value;
            }
        } catch (DateTimeParseException e) {
            throw bad(key, found.get(), limit, e);
        }
        throw bad(key, found.get(), limit, null);
    }

    /** Every setting asked for so far, by key. */
    public List<Setting> settings() {
        return List.copyOf(read.values());
    }

    /**
     * To be called once all settings records have been read.
     *
     * @throws TarnException INVALID if a source names a key that nobody asked for, with the nearest key that exists
     */
    public void refuseUnknownKeys() {
        List<String> unknown = new ArrayList<>();
        TreeSet<String> environmentNames = new TreeSet<>();
        read.keySet().forEach(key -> environmentNames.add(environmentName(key)));
        given.forEach((tag, found) -> {
            String name = tag.substring(tag.indexOf(':') + 1);
            boolean known = found.origin() == SettingOrigin.ENVIRONMENT
                    ? environmentNames.contains(name)
                    : read.containsKey(name);
            if (!known) {
                var candidates = found.origin() == SettingOrigin.ENVIRONMENT ? environmentNames : read.keySet();
                unknown.add("'%s' from %s%s".formatted(name, found.source(), NearestName.hint(name, candidates)));
            }
        });
        if (!unknown.isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Unknown setting %s; 'tarn config' lists every key".formatted(String.join("; ", unknown)));
        }
    }

    private Optional<Found> found(String key, String defaultValue, String limit) {
        Optional<Found> found = lookUp(key);
        String value = found.map(Found::value).orElse(defaultValue);
        SettingOrigin origin = found.map(Found::origin).orElse(SettingOrigin.DEFAULT);
        read.put(key, new Setting(key, value, defaultValue, origin, limit));
        return found;
    }

    private Optional<Found> lookUp(String key) {
        return Optional.ofNullable(given.get("flag:" + key))
                .or(() -> Optional.ofNullable(given.get("env:" + environmentName(key))))
                .or(() -> Optional.ofNullable(given.get(key)));
    }

    private static String environmentName(String key) {
        return ENVIRONMENT_PREFIX
                + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static TarnException bad(String key, Found found, String limit, @Nullable Exception cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "Setting '%s' from %s must be %s but was '%s'".formatted(key, found.source(), limit, found.value()),
                cause);
    }
}
