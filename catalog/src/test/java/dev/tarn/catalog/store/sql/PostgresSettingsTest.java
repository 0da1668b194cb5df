package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.Setting;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresSettingsTest {
    @Test
    void withoutAUrlTheCatalogIsEmbeddedAndAllKeysAreListed() {
        SettingsReader reader = SettingsReader.of(Map.of());

        assertThat(PostgresSettings.from(reader)).isEmpty();
        assertThat(reader.settings())
                .extracting(Setting::key)
                .containsExactlyInAnyOrder(
                        "catalog.store.url",
                        "catalog.store.user",
                        "catalog.store.password",
                        "catalog.store.pool-size",
                        "catalog.store.pool-wait",
                        "catalog.store.connect-timeout",
                        "catalog.store.socket-timeout",
                        "catalog.store.lock-timeout",
                        "catalog.store.resolve-timeout");
    }

    @Test
    void whatIsSetIsReadAndThePasswordIsNotShown() {
        SettingsReader reader = SettingsReader.of(Map.of(
                "catalog.store.url", "jdbc:postgresql://a:1,b:2/tarn?sslmode=verify-full",
                "catalog.store.user", "tarn",
                "catalog.store.password", "hunter2",
                "catalog.store.pool-size", "4"));

        PostgresSettings settings = PostgresSettings.from(reader).orElseThrow();

        assertThat(settings.poolSize()).isEqualTo(4);
        assertThat(settings.user()).isEqualTo("tarn");
        assertThat(settings.toString() + reader.settings()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:sqlite:/x | must begin with jdbc:postgresql://",
                "jdbc:h2:mem:x | must begin with jdbc:postgresql://",
                "jdbc:postgresql:tarn | must begin with jdbc:postgresql://",
                "jdbc:postgresql://me:secret@host/tarn | must hold no user and no password",
                "jdbc:postgresql://host/tarn?user=me | but has 'user'",
                "jdbc:postgresql://host/tarn?password=x | but has 'password'",
                "jdbc:postgresql://host/tarn?socketFactory=evil.Factory | but has 'socketFactory'",
                "jdbc:postgresql://host/tarn?sslmode=require&loggerFile=/x | but has 'loggerFile'",
            })
    void aUrlThatSaysMoreThanWhereTheDatabaseIsIsRefused(String url, String problem) {
        assertThatThrownBy(() -> PostgresSettings.from(SettingsReader.of(Map.of("catalog.store.url", url))))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("'catalog.store.url'")
                .hasMessageContaining(problem)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void aPasswordWithoutAUrlIsAMistake() {
        assertThatThrownBy(() -> PostgresSettings.from(SettingsReader.of(Map.of("catalog.store.password", "x"))))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("'catalog.store.url' is not");
    }
}
