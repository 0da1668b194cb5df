package dev.tarn.writer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.ProducerToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the program of docs/how-to/write-with-sessions.md. */
class DocumentedSessionTest {
    private static final Path PAGE = Path.of("..", "docs", "how-to", "write-with-sessions.md");
    private static final Path THIS =
            Path.of("src", "test", "java", "dev", "tarn", "writer", "session", "DocumentedSessionTest.java");

    @TempDir
    Path folder;

    @Test
    void theProgramOfThePageWritesEachRowOnce() throws IOException {
        try (TestCatalog catalog = new TestCatalog(folder);
                Batches batches = new Batches()) {
            Table table = catalog.create("t", Batches.TABLE, PartitionSpec.unpartitioned(), 3);
            program(table, new Source(batches, 30));
            program(catalog.load("t"), new Source(batches, 50));

            assertThat(Batches.idsIn(catalog.load("t"))).isEqualTo(Batches.range(0, 50));
        }
    }

    @Test
    void thePageShowsTheProgramThatRunsHere() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("```java") + "```java".length();
        String shown = page.substring(begin, page.indexOf("```", begin));

        assertThat(withoutSpace(Files.readString(THIS))).contains(withoutSpace(shown));
    }

    private static void program(Table table, Source source) {
        try (IngestSession session = IngestSession.open(table, SessionOptions.defaults())) {
            long next =
                    session.committed("sensor-7").map(ProducerToken::sequence).orElse(0L);
            while (source.hasNext(next)) {
                try (VectorSchemaRoot batch = source.read(next)) {
                    next += batch.getRowCount();
                    session.offer(batch, List.of(new ProducerToken("sensor-7", 1, next)));
                }
            }
            session.flush();
        }
    }

    private record Source(Batches batches, long rows) {
        boolean hasNext(long position) {
            return position < rows;
        }

        VectorSchemaRoot read(long position) {
            return batches.ids(position, (int) Math.min(7, rows - position));
        }
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
