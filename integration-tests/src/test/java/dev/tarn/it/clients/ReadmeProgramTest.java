package dev.tarn.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README, as it stands there, writes to a running server. */
final class ReadmeProgramTest {
    private static final Path README =
            Path.of(System.getProperty("tarn.root", "..")).resolve("README.md");

    @TempDir
    Path folder;

    @Test
    void theProgramOfTheReadmeWritesRowsThatComeBack() throws Exception {
        String warehouse = "file://" + folder.resolve("warehouse");
        try (ServedLake lake = ServedLake.start(folder.resolve("data"), warehouse, Map.of())) {
            String catalog = lake.catalog.toString();
            ServedLake.Outcome created = lake.tarn(
                    "table",
                    "create",
                    "lake.people",
                    "--schema",
                    "id long not null, name string",
                    "--catalog",
                    catalog);
            assertThat(created.exitCode()).as(created.stderr()).isZero();

            ServedLake.Outcome written = run(program().replace("http://127.0.0.1:8181", catalog));

            assertThat(written.stdout()).as(written.stderr()).startsWith("2 rows in 1 file\n");
            ServedLake.Outcome read = lake.tarn(
                    "sql",
                    "--flight",
                    lake.flight.toString(),
                    "--output",
                    "csv",
                    "SELECT id, name FROM lake.people ORDER BY id");
            assertThat(read.stdout()).as(read.stderr()).isEqualTo("id,name\r\n1,Ada\r\n2,Grace\r\n");
        }
    }

    private static String program() throws Exception {
        return DocumentedSnippets.of(README, "java").get("Write from Java");
    }

    /** Java runs a source file by itself. */
    private ServedLake.Outcome run(String program) throws Exception {
        Path source = Files.writeString(folder.resolve("WriteRows.java"), program);
        return ServedLake.run(new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString())));
    }
}
