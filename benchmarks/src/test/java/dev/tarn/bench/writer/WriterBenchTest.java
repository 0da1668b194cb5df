package dev.tarn.bench.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of the writer itself: that every peer writes every table, not how fast. */
class WriterBenchTest {
    @Test
    void everyPeerWritesEveryTable(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("page.md");
        WriterBenchOptions options = WriterBenchOptions.parse(List.of(
                "rows=3000", "upsert-rows=5000", "producers=5", "commits-of-each=2", "rounds=1", "report=" + page));

        WriterReport report = new WriterBench(options, folder).run();
        report.write(page, options.rounds());

        assertThat(report.encoding()).containsOnlyKeys("lineitem", "events", "narrow");
        assertThat(report.encoding().values())
                .allSatisfy(costs -> assertThat(costs)
                        .containsKeys("Tarn", "Iceberg generic writer", "DuckDB COPY, V2 encodings", "zstd calls alone")
                        .allSatisfy((peer, cost) ->
                                assertThat(cost.bytes()).as(peer).isPositive()));
        assertThat(report.figures()).hasSize(7);
        assertThat(Files.readString(page)).contains("| Tarn |");
    }

    @Test
    void refusesAnOptionThatItDoesNotKnow() {
        assertThatThrownBy(() -> WriterBenchOptions.parse(List.of("row=1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown option [row]");
    }
}
