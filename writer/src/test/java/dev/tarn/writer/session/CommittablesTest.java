package dev.tarn.writer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.testkit.JavaProcess;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.ingest.IngestOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittablesTest {
    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Batches batches;

    @BeforeEach
    void open() {
        catalog = new TestCatalog(folder);
        batches = new Batches();
        PartitionSpec spec =
                PartitionSpec.builderFor(Batches.TABLE).identity("part").build();
        catalog.create("t", Batches.TABLE, spec, 3);
    }

    @AfterEach
    void close() {
        batches.close();
        catalog.close();
    }

    /** The committing process of {@link #anotherProcessCommitsWhatWasPreparedAndOnlyOnce}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        byte[] bytes = Files.readAllBytes(Path.of(arguments[1]));
        try (TestCatalog catalog = TestCatalog.reopen(folder)) {
            boolean already = Committables.commit(catalog.load("t"), PreparedCommittable.fromBytes(bytes))
                    .alreadyCommitted();
            System.out.println("already committed: " + already);
        }
    }

    @Test
    void anotherProcessCommitsWhatWasPreparedAndOnlyOnce() throws IOException {
        Path checkpoint = folder.resolve("checkpoint");
        Files.write(checkpoint, prepare(0, 10, 1).toBytes());
        List<String> arguments = List.of(folder.toString(), checkpoint.toString());

        try (JavaProcess first = JavaProcess.start(CommittablesTest.class.getName(), arguments)) {
            first.awaitLine("already committed: false", Duration.ofMinutes(1));
        }
        try (JavaProcess second = JavaProcess.start(CommittablesTest.class.getName(), arguments)) {
            second.awaitLine("already committed: true", Duration.ofMinutes(1));
        }

        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 10));
        assertThat(Committables.newest(table(), "main", "task-1")).contains(new ProducerToken("task-1", 0, 1));
        assertThat(Committables.newest(table(), "main", "source")).contains(new ProducerToken("source", 0, 10));
    }

    @Test
    void whatWasGivenUpIsDeletedAndCannotBeCommittedAnyMore() {
        PreparedCommittable prepared = prepare(0, 10, 1);
        assertThat(prepared.locations()).hasSize(3).allMatch(CommittablesTest::exists);

        assertThat(Committables.abort(table(), prepared)).isEmpty();

        assertThat(prepared.locations()).noneMatch(CommittablesTest::exists);
        assertThatThrownBy(() -> Committables.commit(table(), prepared))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
        assertThat(Batches.idsIn(table())).isEmpty();
    }

    @Test
    void whatWasCommittedCannotBeGivenUp() {
        PreparedCommittable prepared = prepare(0, 10, 1);
        Committables.commit(table(), prepared);

        assertThatThrownBy(() -> Committables.abort(table(), prepared))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("Checkpoint 1 of task-1 has ended");
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 10));
    }

    @Test
    void aPredecessorOfTheTaskIsRefused() {
        PreparedCommittable old = prepare(0, 5, 7);
        try (StagingWriter successor = new StagingWriter(table(), IngestOptions.defaults(), "task-1", 1);
                VectorSchemaRoot batch = batches.ids(0, 5)) {
            successor.write(batch, List.of());
            Committables.commit(table(), successor.prepare(1));
        }

        assertThatThrownBy(() -> Committables.commit(table(), old))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("epoch 0 was replaced");
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 5));
    }

    @Test
    void closingDeletesWhatWasNotPrepared() throws IOException {
        try (StagingWriter writer = new StagingWriter(table(), IngestOptions.defaults(), "task-1", 0);
                VectorSchemaRoot batch = batches.ids(0, 5)) {
            writer.write(batch, List.of());
        }

        try (var files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().contains(".parquet")))
                    .isEmpty();
        }
    }

    @Test
    void anUnknownVersionIsRefused() {
        byte[] other = new String(prepare(0, 1, 1).toBytes(), StandardCharsets.UTF_8)
                .replace("\"version\":1", "\"version\":9")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> PreparedCommittable.fromBytes(other))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("version 9 cannot be read: expected version 1");
        assertThatThrownBy(() -> PreparedCommittable.fromBytes(new byte[] {1, 2}))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
    }

    private PreparedCommittable prepare(long from, int count, long checkpoint) {
        try (StagingWriter writer = new StagingWriter(table(), IngestOptions.defaults(), "task-1", 0);
                VectorSchemaRoot batch = batches.ids(from, count)) {
            writer.write(batch, Batches.at("source", 0, from + count));
            return writer.prepare(checkpoint);
        }
    }

    private static boolean exists(String location) {
        return Files.exists(Path.of(location.substring("file://".length())));
    }

    private Table table() {
        return catalog.load("t");
    }
}
