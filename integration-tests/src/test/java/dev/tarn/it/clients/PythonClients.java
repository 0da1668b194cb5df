package dev.tarn.it.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The Python of this machine that has the clients of {@code requirements.txt}, if there is one. */
public final class PythonClients {
    /** What to do where there is none, for the message of a skipped test. */
    public static final String HOW_TO_GET = "no Python with the clients: run 'python3 -m venv .venv && .venv/bin/pip install"
            + " -r integration-tests/requirements.txt' at the repository root, or set TEST_PYTHON";

    private static final String IMPORTS =
            "import adbc_driver_flightsql, adbc_driver_manager, duckdb, pandas, pyarrow, pyiceberg, s3fs";

    private PythonClients() {}

    /**
     * The interpreter that {@code TEST_PYTHON} names, else that of {@code .venv} at the repository root; absent where
     * there is neither.
     *
     * @throws IllegalStateException if the interpreter lacks a client: skipping would hide a broken set-up
     */
    public static Optional<String> interpreter() throws IOException {
        return interpreter(System.getenv(), Path.of(System.getProperty("tarn.root", "..")));
    }

    static Optional<String> interpreter(Map<String, String> environment, Path root) throws IOException {
        Optional<String> candidate = Optional.ofNullable(environment.get("TEST_PYTHON"))
                .filter(python -> !python.isBlank())
                .or(() -> Optional.of(root.resolve(".venv/bin/python").toAbsolutePath())
                        .filter(Files::isExecutable)
                        .map(Path::toString));
        if (candidate.isPresent()) {
            requireClients(candidate.get());
        }
        return candidate;
    }

    private static void requireClients(String python) throws IOException {
        try {
            ServedLake.Outcome outcome = ServedLake.run(new ProcessBuilder(python, "-c", IMPORTS));
            if (outcome.exitCode() != 0) {
                throw new IllegalStateException("%s lacks a client of integration-tests/requirements.txt: %s"
                        .formatted(python, outcome.stderr().strip()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while asking %s for its packages".formatted(python), e);
        }
    }
}
