package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path folder;

    @Test
    void anUnknownFlagIsAUsageMistakeInOneSentence() {
        Invocation wrong = Invocation.of("config", "--no-such-flag");

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(wrong.messages()).contains("--no-such-flag").contains("'tarn config --help'");
        assertThat(wrong.messages().lines()).hasSize(1);
        assertThat(wrong.output()).isEmpty();
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : Commands.create(new TarnCommand(), Console.ofProcess())
                .getSubcommands()
                .keySet()) {
            if (!command.equals("help")) {
                assertThat(Invocation.of(command, "--help").text()).as(command).contains("Usage: tarn " + command);
            }
        }
    }

    @Test
    void anUnknownSettingStopsTheStartAndNamesTheNearestKey() {
        Invocation wrong = Invocation.of("config", "--data", folder.toString(), "--set", "server.warehose=x");

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(wrong.messages()).contains("server.warehose").contains("did you mean 'server.warehouse'?");
    }

    @Test
    void aBadValueNamesKeyValueAndLimit() {
        Invocation wrong =
                Invocation.of(Map.of("TARN_SERVER_DRAIN_TIMEOUT", "soon"), "config", "--data", folder.toString());

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(wrong.messages())
                .contains("'server.drain-timeout'")
                .contains("TARN_SERVER_DRAIN_TIMEOUT")
                .contains("'soon'")
                .contains("PT30S");
    }

    @Test
    void configShowsWhereEachValueComesFrom() throws IOException {
        Files.writeString(folder.resolve("tarn.properties"), "s3.region=from-file\ns3.endpoint=http://file:1\n");

        Invocation shown = Invocation.of(
                Map.of(
                        "TARN_S3_REGION",
                        "from-environment",
                        "TARN_S3_ACCESS_KEY_ID",
                        "key",
                        "TARN_S3_SECRET_ACCESS_KEY",
                        "hidden-value"),
                "config",
                "--data",
                folder.toString(),
                "--host",
                "127.0.0.2",
                "--output",
                "csv");

        assertThat(shown.exitCode()).isZero();
        assertThat(shown.text())
                .contains("s3.region,from-environment,environment,")
                .contains("s3.endpoint,http://file:1,file,")
                .contains("catalog.host,127.0.0.2,flag,")
                .contains("server.drain-timeout,PT25S,default,")
                .contains("s3.secret-access-key,***,environment,")
                .doesNotContain("hidden-value");
    }

    @Test
    void aMissingSettingsFileIsNamed() {
        Path absent = folder.resolve("absent.properties");

        Invocation wrong = Invocation.of("config", "--config", absent.toString());

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(wrong.messages()).contains(absent.toString()).doesNotContain("\tat ");
    }

    @Test
    void theStackTraceIsPrintedWhenAsked() {
        Invocation wrong =
                Invocation.of("config", "--config", folder.resolve("absent").toString(), "--stack-trace");

        assertThat(wrong.messages()).contains("\tat ");
    }

    @Test
    void versionNamesTheLibraries() {
        Invocation shown = Invocation.of("version", "--output", "json");

        assertThat(shown.text())
                .contains("\"name\":\"iceberg\"")
                .doesNotContain("unknown")
                .doesNotContain("${");
    }
}
