package dev.tarn.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions that the build wrote down. */
final class BuildVersion {
    private static final Properties VERSIONS = load();

    static final String TARN = VERSIONS.getProperty("tarn", "unknown");
    static final String ICEBERG = VERSIONS.getProperty("iceberg", "unknown");
    static final String ARROW = VERSIONS.getProperty("arrow", "unknown");
    static final String DUCKDB = VERSIONS.getProperty("duckdb", "unknown");

    private BuildVersion() {}

    private static Properties load() {
        Properties versions = new Properties();
        try (InputStream in = BuildVersion.class.getResourceAsStream("versions.properties")) {
            if (in != null) {
                versions.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read versions.properties", e);
        }
        return versions;
    }
}
