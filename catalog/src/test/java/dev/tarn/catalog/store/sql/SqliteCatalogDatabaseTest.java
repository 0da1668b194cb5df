package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.common.TarnException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded store keeps the promises of a store, and those of a file. */
class SqliteCatalogDatabaseTest extends CatalogStoreContract {
    @Override
    CatalogDatabase open(Path folder) {
        return SqliteCatalogDatabase.open(folder, Clock.systemUTC());
    }

    @Test
    void aDatabaseOfANewerTarnIsRefused(@TempDir Path other) throws Exception {
        open(other).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other.resolve("catalog.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE schema_version SET version = 1000");
        }

        assertThatThrownBy(() -> open(other))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("schema version 1000")
                .hasMessageContaining("use a newer Tarn");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed(@TempDir Path other) throws Exception {
        Path file = Files.createFile(other.resolve("file"));

        assertThatThrownBy(() -> open(file.resolve("data")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining(file.resolve("data").toString());
    }
}
