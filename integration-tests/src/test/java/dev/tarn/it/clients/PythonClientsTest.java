package dev.tarn.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PythonClientsTest {
    @Test
    void findsAPythonThatHasTheClients() throws Exception {
        Optional<String> python = PythonClients.interpreter();
        assumeThat(python).as(PythonClients.HOW_TO_GET).isPresent();

        ServedLake.Outcome outcome =
                ServedLake.run(new ProcessBuilder(python.orElseThrow(), "-c", "import pyiceberg; print('imported')"));

        assertThat(outcome.stdout().strip()).as(outcome.stderr()).isEqualTo("imported");
    }

    @Test
    void findsNoneWhereThereIsNone(@TempDir Path root) throws IOException {
        assertThat(PythonClients.interpreter(Map.of(), root)).isEmpty();
    }

    @Test
    void refusesAnInterpreterWithoutTheClients(@TempDir Path root) {
        // Any program that cannot run the imports stands for a Python that lacks them.
        String program = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertThatThrownBy(() -> PythonClients.interpreter(Map.of("TEST_PYTHON", program), root))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(program + " lacks a client of integration-tests/requirements.txt: ");
    }
}
