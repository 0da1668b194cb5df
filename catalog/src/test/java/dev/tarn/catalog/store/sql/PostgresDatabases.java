package dev.tarn.catalog.store.sql;

import dev.tarn.testkit.PostgresFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Databases of the server of the tests, one for each folder that a test names. */
final class PostgresDatabases {
    private final Map<Path, PostgresFixture.Database> byFolder = new HashMap<>();

    PostgresFixture.Database of(Path folder) {
        return byFolder.computeIfAbsent(folder, any -> PostgresFixture.shared().newDatabase("catalog"));
    }

    PostgresCatalogDatabase open(Path folder) {
        return PostgresCatalogDatabase.open(settings(of(folder)), Clock.systemUTC(), new SimpleMeterRegistry());
    }

    static PostgresSettings settings(PostgresFixture.Database database) {
        return settings(database.url(), database);
    }

    /** Reaches a database under another address. */
    static PostgresSettings settings(String url, PostgresFixture.Database database) {
        return new PostgresSettings(
                url,
                database.user(),
                Optional.of(database.password()),
                8,
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20));
    }
}
