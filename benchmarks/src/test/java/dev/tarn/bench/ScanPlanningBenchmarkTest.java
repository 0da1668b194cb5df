package dev.tarn.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScanPlanningBenchmarkTest {
    @Test
    void everyWayOfPlanningFindsTheSameFiles() {
        List<ScanPlanningBenchmark.Line> lines = ScanPlanningBenchmark.run(1_500, 1);

        assertThat(files(lines, "planFiles, column filter")).isEqualTo(105);
        assertThat(files(lines, "catalog, cold cache, column filter")).isEqualTo(105);
        assertThat(files(lines, "catalog, warm cache, column filter")).isEqualTo(105);
        assertThat(files(lines, "catalog, warm cache, everything, first answer"))
                .isEqualTo(1_500);
        assertThat(files(lines, "  manifests decoded for a new snapshot")).isEqualTo(1);
    }

    private static long files(List<ScanPlanningBenchmark.Line> lines, String what) {
        return lines.stream()
                .filter(line -> line.what().equals(what))
                .findFirst()
                .orElseThrow()
                .files();
    }
}
