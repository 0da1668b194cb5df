package dev.tarn.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every measurement once and short, so that none can rot. Nothing about time is asserted. */
class CatalogBenchTest {
    @Test
    void everyScenarioGetsAnswersFromTheCatalogAndTheFloor(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("page.md");
        BenchOptions options = BenchOptions.parse(List.of(
                "peers=tarn,tarn-login,floor",
                "rounds=1",
                "millis=100",
                "warm-up-millis=1",
                "long-history=20",
                "very-long-history=40",
                "many-tables=32",
                "metadata-rounds=2",
                "report=" + page));

        Report report = new CatalogBench(options).run();
        report.write(page);

        assertThat(report.results())
                .hasSize(17)
                .allSatisfy((scenario, rows) -> assertThat(rows)
                        .containsKey("Tarn")
                        .allSatisfy((peer, result) -> {
                            assertThat(result.refusals()).as(scenario.name()).isZero();
                            assertThat(result.perSecond()).as(scenario.name()).isPositive();
                        }));
        assertThat(report.metadata()).isPresent();
        assertThat(Files.readString(page)).contains("| Tarn |").contains("bare Vert.x");
    }

    @Test
    void refusesAnOptionThatItDoesNotKnow() {
        assertThatThrownBy(() -> BenchOptions.parse(List.of("round=1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown option [round]");
    }
}
