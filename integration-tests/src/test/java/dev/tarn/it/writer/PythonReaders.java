package dev.tarn.it.writer;

import dev.tarn.it.clients.PythonClients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PyIceberg, pyarrow and DuckDB, each in a Python process that prints the canonical texts of the rows that it sees. */
final class PythonReaders {
    private static final Path PROGRAM =
            Path.of(System.getProperty("tarn.root", ".."), "integration-tests/python/rows.py");

    private final String python;

    private PythonReaders(String python) {
        this.python = python;
    }

    /** The readers of this machine; absent if it has no Python with the clients. */
    static Optional<PythonReaders> find() throws IOException {
        return PythonClients.interpreter().map(PythonReaders::new);
    }

    /** The rows of a table as PyIceberg sees them, sorted. */
    List<String> iceberg(URI catalog, String table) {
        return run(List.of("iceberg", catalog.toString(), table));
    }

    /** The rows of Parquet files as pyarrow sees them, sorted. */
    List<String> pyarrow(List<String> files) {
        return files("pyarrow", files);
    }

    /** The rows of Parquet files as DuckDB sees them, sorted. */
    List<String> duckdb(List<String> files) {
        return files("duckdb", files);
    }

    private List<String> files(String reader, List<String> files) {
        List<String> arguments = new ArrayList<>(List.of(reader));
        arguments.addAll(files);
        return run(arguments);
    }

    private List<String> run(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(python, PROGRAM.toString()));
        command.addAll(arguments);
        try {
            Path errors = Files.createTempFile("python", ".txt");
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            String said = Files.readString(errors);
            Files.delete(errors);
            if (exitCode != 0) {
                throw new IllegalStateException("Python failed at %s: %s".formatted(arguments, said));
            }
            return output.lines().sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run Python", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Python read " + arguments, e);
        }
    }
}
