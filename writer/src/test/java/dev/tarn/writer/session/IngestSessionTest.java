package dev.tarn.writer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import dev.tarn.writer.ingest.SchemaEvolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestSessionTest {
    /** Nothing in these tests is flushed by age unless the test says so. */
    private static final SessionOptions BY_HAND = SessionOptions.defaults().withFlushAge(Duration.ofHours(1));

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Batches batches;

    @BeforeEach
    void open() {
        catalog = new TestCatalog(folder);
        batches = new Batches();
        catalog.create("t", Batches.TABLE, PartitionSpec.unpartitioned(), 3);
    }

    @AfterEach
    void close() {
        batches.close();
        catalog.close();
    }

    @Test
    void whatWasOfferedIsCommittedByAFlushAndTheFutureSaysSo() {
        try (IngestSession session = session(BY_HAND)) {
            CompletableFuture<IngestReceipt> first = offer(session, 0, 10, Batches.at("p", 0, 10));
            CompletableFuture<IngestReceipt> second = offer(session, 10, 5, Batches.at("p", 0, 15));
            assertThat(first).isNotDone();

            session.flush();

            assertThat(first).isDone();
            assertThat(second.join().rowsAdded()).isEqualTo(15);
            assertThat(second.join().snapshotId()).isEqualTo(first.join().snapshotId());
            assertThat(session.committed("p")).contains(new ProducerToken("p", 0, 15));
        }
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 15));
        assertThat(table().currentSnapshot().summary()).containsEntry("tarn.ingest.p", "0:15");
    }

    @Test
    void closingCommitsWhatWasOffered() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 10, List.of());
        }

        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 10));
    }

    @Test
    void aWindowIsFlushedByItsRows() {
        try (IngestSession session = session(BY_HAND.withFlushRows(10))) {
            CompletableFuture<IngestReceipt> first = offer(session, 0, 9, List.of());
            CompletableFuture<IngestReceipt> second = offer(session, 9, 1, List.of());

            assertThat(second.join().rowsAdded()).isEqualTo(10);
            assertThat(first).isDone();
        }
    }

    @Test
    void aWindowIsFlushedByItsBytes() {
        try (IngestSession session = session(BY_HAND.withFlushBytes(new DataSize(1)))) {
            assertThat(offer(session, 0, 9, List.of()).join().rowsAdded()).isEqualTo(9);
        }
    }

    @Test
    void aWindowIsFlushedByItsAge() {
        try (IngestSession session = session(BY_HAND.withFlushAge(Duration.ofMillis(20)))) {
            CompletableFuture<IngestReceipt> offer = offer(session, 0, 9, List.of());

            await().atMost(Duration.ofSeconds(30)).until(offer::isDone);
        }
    }

    @Test
    void offersOfManyThreadsAreAllCommitted() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (IngestSession session = session(BY_HAND.withFlushRows(50))) {
            List<Future<?>> producers = new ArrayList<>();
            for (int p = 0; p < 4; p++) {
                String producer = "p" + p;
                long base = p * 1_000L;
                producers.add(threads.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                        offer(session, base + i * 7L, 7, Batches.at(producer, 0, i));
                    }
                }));
            }
            for (Future<?> producer : producers) {
                producer.get();
            }
            session.flush();
            assertThat(session.committed("p3")).contains(new ProducerToken("p3", 0, 19));
        } finally {
            threads.shutdown();
        }
        assertThat(Batches.idsIn(table())).hasSize(4 * 140).doesNotHaveDuplicates();
    }

    @Test
    void anOfferWithoutRoomIsRefusedWhenItsPatienceIsOver() {
        SessionBudget budget = new SessionBudget(new DataSize(100_000));
        budget.acquire(90_000, 0);

        assertThatThrownBy(() -> budget.acquire(20_000, 1_000_000))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED))
                .hasMessageContaining("budget of 100000 bytes is used up");
        budget.release(90_000);
        budget.acquire(20_000, 0);
        assertThat(budget.usedBytes()).isEqualTo(20_000);
    }

    @Test
    void aBatchLargerThanTheBudgetIsRefused() {
        try (IngestSession session = session(BY_HAND.withBudget(new DataSize(100)))) {
            assertThatThrownBy(() -> offer(session, 0, 1_000, List.of()))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                    .hasMessageContaining("larger than the budget of 100 bytes");
        }
    }

    @Test
    void anIdleProducerThatHoldsTheBudgetIsFlushed() {
        catalog.create("other", Batches.TABLE, PartitionSpec.unpartitioned(), 3);
        SessionOptions options = BY_HAND.withFlushBytes(DataSize.ofMegabytes(100));
        try (VectorSchemaRoot batch = batches.ids(0, 1_000)) {
            long bytes = batch.getVector(0).getBufferSize() + batch.getVector(1).getBufferSize();
            SessionBudget budget = new SessionBudget(new DataSize(bytes + bytes / 2));
            try (IngestSession idle = shared("other", options, budget);
                    IngestSession busy = shared("t", options, budget)) {
                CompletableFuture<IngestReceipt> held = idle.offer(batch, List.of());

                busy.offer(batch, List.of());

                assertThat(held.join().rowsAdded()).isEqualTo(1_000);
            }
            assertThat(budget.usedBytes()).isZero();
        }
    }

    @Test
    void aBatchWithANullInARequiredColumnHarmsNoOther() {
        try (IngestSession session = session(BY_HAND);
                VectorSchemaRoot bad = batches.withNullId()) {
            CompletableFuture<IngestReceipt> good = offer(session, 0, 3, Batches.at("good", 0, 1));

            assertThatThrownBy(() -> session.offer(bad, Batches.at("bad", 0, 1)))
                    .isInstanceOf(TarnException.class)
                    .hasMessage("Column 'id' is required but row 1 of the batch has null");
            session.flush();

            assertThat(good.join().rowsAdded()).isEqualTo(3);
            assertThat(session.committed("bad")).isEmpty();
        }
    }

    @Test
    void positionsThatTheTableHasAreNotWrittenAgain() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 3, Batches.at("p", 1, 3));
        }
        try (IngestSession again = session(BY_HAND)) {
            CompletableFuture<IngestReceipt> repeated = offer(again, 0, 3, Batches.at("p", 1, 3));

            assertThat(repeated.join().alreadyCommitted()).isTrue();
            assertThat(repeated.join().snapshotId()).isPresent();
            offer(again, 3, 1, Batches.at("p", 1, 4));
        }
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 4));
    }

    @Test
    void positionsMustGrow() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 3, Batches.at("p", 0, 3));

            assertThatThrownBy(() -> offer(session, 0, 3, Batches.at("p", 0, 3)))
                    .isInstanceOf(TarnException.class)
                    .hasMessageContaining("tokens must grow, and two producers must not share a name");
        }
    }

    @Test
    void ofTwoSessionsWithOneProducerTheSecondIsRefusedAndCanResume() {
        try (IngestSession one = session(BY_HAND);
                IngestSession two = session(BY_HAND)) {
            offer(one, 0, 5, Batches.at("p", 0, 5));
            CompletableFuture<IngestReceipt> overlapping = offer(two, 0, 8, Batches.at("p", 0, 8));
            one.flush();

            assertThatThrownBy(two::flush)
                    .isInstanceOfSatisfying(
                            FlushFailedException.class,
                            e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                    .hasMessageContaining("expected its newest token to be none but found 0:5");
            assertThat(overlapping).isCompletedExceptionally();
            assertThatThrownBy(() -> offer(two, 8, 1, Batches.at("p", 0, 9)))
                    .hasMessageContaining("call resume(\"p\")");
            assertThat(two.resume("p")).contains(new ProducerToken("p", 0, 5));
            offer(two, 5, 3, Batches.at("p", 0, 8));
        }
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 8));
        assertThat(dataFiles()).hasSize(2);
    }

    @Test
    void aProducerOfAnOldEpochIsRefused() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 5, Batches.at("p", 2, 0));
            session.flush();

            assertThatThrownBy(() -> offer(session, 5, 5, Batches.at("p", 1, 99)))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                    .hasMessageContaining("epoch 1 was replaced");
        }
    }

    @Test
    void positionsWithoutRowsAreCommittedOrKeptForTheNextRows() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 0, Batches.at("p", 0, 7));
            session.flush();
            assertThat(session.committed("p")).contains(new ProducerToken("p", 0, 7));
        }
        SessionOptions keep = BY_HAND.withPositions(PositionsWithoutRows.KEEP);
        try (IngestSession session = session(keep)) {
            CompletableFuture<IngestReceipt> empty = offer(session, 0, 0, Batches.at("p", 0, 8));
            session.flush();
            assertThat(session.committed("p")).contains(new ProducerToken("p", 0, 7));
            assertThat(empty.join().snapshotId()).isEmpty();

            offer(session, 0, 1, Batches.at("q", 0, 1));
            session.flush();
            assertThat(session.committed("p")).contains(new ProducerToken("p", 0, 8));
        }
    }

    @Test
    void abortDeletesTheFilesAndCommitsNothing() {
        IngestSession session = session(BY_HAND);
        CompletableFuture<IngestReceipt> offer = offer(session, 0, 3, Batches.at("p", 0, 3));

        session.abort();

        assertThat(offer).isCompletedExceptionally();
        assertThat(dataFiles()).isEmpty();
        assertThat(table().currentSnapshot()).isNull();
        assertThatThrownBy(() -> offer(session, 0, 3, List.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
    }

    @Test
    void columnsThatAppearInTheMiddleAreAddedInAWindowOfTheirOwn() {
        SessionOptions evolving = BY_HAND.withIngest(IngestOptions.defaults().withEvolution(SchemaEvolution.EVOLVE));
        try (IngestSession session = session(evolving);
                VectorSchemaRoot more = batches.withMoreColumns(3)) {
            offer(session, 0, 3, Batches.at("p", 0, 3));
            session.offer(more, Batches.at("p", 0, 4));
            offer(session, 4, 1, Batches.at("p", 0, 5));
        }
        assertThat(table().schema().findField("extra")).isNotNull();
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 5));
    }

    @Test
    void aChangeOfThePartitionSpecIsFollowedByTheNextWindow() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 3, Batches.at("p", 0, 3));
            Table other = catalog.load("t");
            other.updateSpec().addField("part").commit();
            session.flush();
            offer(session, 3, 3, Batches.at("p", 0, 6));
        }
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 6));
        assertThat(dataFiles()).hasSize(4);
    }

    @Test
    void aDroppedTableEndsTheOffersWithItsName() {
        IngestSession session = session(BY_HAND);
        catalog.drop("t");

        assertThatThrownBy(() -> offer(session, 0, 3, List.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                .hasMessageContaining("t was dropped");
        session.close();
    }

    @Test
    void aReplacedTableGetsNoRowsOfTheOldOne() {
        IngestSession session = session(BY_HAND);
        offer(session, 0, 3, List.of());
        catalog.drop("t");
        catalog.create("t", Batches.TABLE, PartitionSpec.unpartitioned(), 3);

        assertThatThrownBy(session::close)
                .isInstanceOf(FlushFailedException.class)
                .hasMessageContaining("was replaced");
        assertThat(dataFiles()).isEmpty();
        assertThat(table().currentSnapshot()).isNull();
    }

    @Test
    void tokensSurviveTheCommitsAndTheExpiryOfOtherEngines() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 3, Batches.at("p", 4, 3));
        }
        Table other = catalog.load("t");
        other.newAppend().commit();
        other.newAppend().commit();
        other.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1)
                .retainLast(1)
                .commit();
        assertThat(other.currentSnapshot().summary()).doesNotContainKey("tarn.ingest.p");

        try (IngestSession session = session(BY_HAND)) {
            assertThat(session.committed("p")).contains(new ProducerToken("p", 4, 3));
            assertThat(offer(session, 0, 3, Batches.at("p", 4, 3)).join().alreadyCommitted())
                    .isTrue();
        }
        assertThat(Batches.idsIn(table())).isEqualTo(Batches.range(0, 3));
    }

    @Test
    void aRollbackOfTheTableRollsThePositionsBack() {
        try (IngestSession session = session(BY_HAND)) {
            offer(session, 0, 3, Batches.at("p", 0, 3));
            session.flush();
            offer(session, 3, 3, Batches.at("p", 0, 6));
        }
        Table other = catalog.load("t");
        other.manageSnapshots().rollbackTo(other.currentSnapshot().parentId()).commit();

        try (IngestSession session = session(BY_HAND)) {
            assertThat(session.resume("p")).isEqualTo(Optional.of(new ProducerToken("p", 0, 3)));
        }
    }

    private IngestSession session(SessionOptions options) {
        return IngestSession.open(catalog.load("t"), options);
    }

    private IngestSession shared(String name, SessionOptions options, SessionBudget budget) {
        dev.tarn.writer.commit.GroupCommitter committer =
                dev.tarn.writer.commit.GroupCommitter.open(catalog.load(name), "main", options.committer());
        return IngestSession.open(committer, budget, options);
    }

    private CompletableFuture<IngestReceipt> offer(
            IngestSession session, long from, int count, List<ProducerToken> positions) {
        try (VectorSchemaRoot batch = batches.ids(from, count)) {
            return session.offer(batch, positions);
        }
    }

    private Table table() {
        return catalog.load("t");
    }

    private List<Path> dataFiles() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".parquet")).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
