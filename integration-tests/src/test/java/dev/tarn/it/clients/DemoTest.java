package dev.tarn.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, from data on disk to batches at a client. */
final class DemoTest {
    @Test
    void everyStepOfTheDemoHoldsAndTheDocumentSaysSo(@TempDir Path folder) throws Exception {
        ServedLake.Outcome outcome = ServedLake.run(
                ServedLake.command(Map.of("TMPDIR", folder.toString()), List.of("demo", "--output", "json")));

        assertThat(outcome.exitCode()).as(outcome.stderr()).isZero();
        JsonNode document = new ObjectMapper().readTree(outcome.stdout());
        assertThat(document.path("ok").asBoolean()).isTrue();
        assertThat(document.path("rows").asLong()).isGreaterThan(100_000);
        assertThat(document.path("steps")).hasSizeGreaterThanOrEqualTo(10).allSatisfy(step -> {
            assertThat(step.path("name").asText()).isNotEmpty();
            assertThat(step.path("ok").asBoolean()).as(step.toString()).isTrue();
            assertThat(step.path("millis").isNumber()).isTrue();
        });
    }
}
