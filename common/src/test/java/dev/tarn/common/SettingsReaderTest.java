package dev.tarn.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsReaderTest {
    @Test
    void theStrongerSourceWins() {
        SettingsReader settings = new SettingsReader(
                Map.of("a.one", "1", "a.two", "1", "a.three", "1"),
                Map.of("TARN_A_TWO", "2", "TARN_A_THREE", "2", "PATH", "ignored"),
                Map.of("a.three", "3"));

        assertThat(settings.integer("a.zero", 0, 0, 9)).isZero();
        assertThat(settings.integer("a.one", 0, 0, 9)).isEqualTo(1);
        assertThat(settings.integer("a.two", 0, 0, 9)).isEqualTo(2);
        assertThat(settings.integer("a.three", 0, 0, 9)).isEqualTo(3);
        assertThat(settings.settings())
                .extracting(Setting::origin)
                .containsExactly(
                        SettingOrigin.FILE, SettingOrigin.FLAG, SettingOrigin.ENVIRONMENT, SettingOrigin.DEFAULT);
        settings.refuseUnknownKeys();
    }

    @Test
    void aBadValueNamesKeySourceLimitAndValue() {
        SettingsReader settings = new SettingsReader(Map.of(), Map.of("TARN_CATALOG_PORT", "70000"), Map.of());

        assertThatThrownBy(() -> settings.integer("catalog.port", 8181, 0, 65535))
                .isInstanceOf(TarnException.class)
                .hasMessage(
                        "Setting 'catalog.port' from TARN_CATALOG_PORT must be a whole number from 0 to 65535 but was '70000'");
    }

    @Test
    void anUnknownKeyStopsTheStartAndNamesTheNearestOne() {
        SettingsReader settings = SettingsReader.of(Map.of("catalog.prot", "1"));
        settings.integer("catalog.port", 8181, 0, 65535);

        assertThatThrownBy(settings::refuseUnknownKeys)
                .isInstanceOf(TarnException.class)
                .hasMessage("Unknown setting 'catalog.prot' from the command line, did you mean 'catalog.port'?;"
                        + " 'tarn config' lists every key");
    }

    @Test
    void anUnknownVariableOfOursStopsTheStart() {
        SettingsReader settings = new SettingsReader(Map.of(), Map.of("TARN_CATALOG_PROT", "1"), Map.of());
        settings.integer("catalog.port", 8181, 0, 65535);

        assertThatThrownBy(settings::refuseUnknownKeys)
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("did you mean 'TARN_CATALOG_PORT'?");
    }

    @Test
    void aSecretIsNeverListed() {
        SettingsReader settings = SettingsReader.of(Map.of("s3.secret-access-key", "hunter2"));

        assertThat(settings.optionalSecret("s3.secret-access-key")).contains(Secret.of("hunter2"));
        assertThat(settings.settings().toString()).doesNotContain("hunter2").contains("***");
    }

    @Test
    void readsSwitchesSizesAndDurations() {
        SettingsReader settings = SettingsReader.of(Map.of("x.on", "true", "x.size", "2MB", "x.age", "PT5M"));

        assertThat(settings.flag("x.on", false)).isTrue();
        assertThat(settings.dataSize("x.size", new DataSize(0), new DataSize(0), DataSize.ofMegabytes(4)))
                .isEqualTo(DataSize.ofMegabytes(2));
        assertThat(settings.duration("x.age", Duration.ZERO, Duration.ZERO, Duration.ofHours(1)))
                .isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void refusesASwitchThatIsNeitherTrueNorFalse() {
        SettingsReader settings = SettingsReader.of(Map.of("x.on", "maybe"));

        assertThatThrownBy(() -> settings.flag("x.on", false))
                .isInstanceOf(TarnException.class)
                .hasMessage("Setting 'x.on' from the command line must be true or false but was 'maybe'");
    }

    @Test
    void loadsAFileAndNamesOneThatIsMissing(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tarn.properties"), "catalog.port=1\n# comment\n");

        assertThat(SettingsReader.loadFile(file)).containsExactly(Map.entry("catalog.port", "1"));
        assertThatThrownBy(() -> SettingsReader.loadFile(folder.resolve("absent")))
                .isInstanceOf(TarnException.class)
                .hasMessageStartingWith("Cannot read the settings file ");
    }
}
