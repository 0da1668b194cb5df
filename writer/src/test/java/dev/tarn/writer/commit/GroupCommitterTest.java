package dev.tarn.writer.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitterTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    /** A spec that no table of the tests has. */
    private static final PartitionSpec FOREIGN =
            PartitionSpec.builderFor(SCHEMA).withSpecId(7).identity("id").build();

    @TempDir
    Path folder;

    private TestCatalog catalog;

    @BeforeEach
    void open() {
        catalog = new TestCatalog(folder);
        catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    @Test
    void setsThatWaitTogetherBecomeOneSnapshotAndKeepTheirTokens() {
        List<CompletableFuture<CommitResult>> endings = new ArrayList<>();
        try (GroupCommitter committer = committer(Duration.ofMillis(300))) {
            committer.submit(set("first", 1)).join();
            for (int i = 0; i < 20; i++) {
                endings.add(committer.submit(set("p" + i, 1)));
            }
            endings.forEach(CompletableFuture::join);
            assertThat(committer.physicalCommits()).isEqualTo(2);
        }
        assertThat(endings).extracting(ending -> ending.join().snapshotId()).containsOnly(head());
        assertThat(catalog.load("t").currentSnapshot().summary())
                .containsEntry("tarn.ingest.first", "0:1")
                .containsEntry("tarn.ingest.p19", "0:1")
                .containsEntry("total-data-files", "21");
    }

    @Test
    void aSetThatTheTokenRuleRefusesFailsAlone() {
        try (GroupCommitter committer = committer(Duration.ofMillis(300))) {
            committer.submit(set("p", 5)).join();
            CompletableFuture<CommitResult> good = committer.submit(set("q", 1));
            AtomicInteger unused = new AtomicInteger();
            CompletableFuture<CommitResult> repeated = committer.submit(set("p", 5, Map.of(), unused));
            CompletableFuture<CommitResult> gap =
                    committer.submit(set("p", 9, Map.of("p", Optional.of(new ProducerToken("p", 0, 8))), unused));

            assertThat(good.join().alreadyCommitted()).isFalse();
            assertThat(repeated.join().alreadyCommitted()).isTrue();
            assertThatThrownBy(gap::join).cause().isInstanceOfSatisfying(TarnException.class, e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT);
                assertThat(e).hasMessageContaining("expected its newest token to be 0:8 but found 0:5");
            });
            assertThat(unused).hasValue(2);
        }
        assertThat(files()).isEqualTo(2);
    }

    @Test
    void twoSetsOfOneProducerInOneGroupFollowEachOther() {
        try (GroupCommitter committer = committer(Duration.ofMillis(200))) {
            committer.submit(set("x", 1)).join();
            CompletableFuture<CommitResult> one = committer.submit(set("p", 1, Map.of("p", Optional.empty()), null));
            CompletableFuture<CommitResult> two =
                    committer.submit(set("p", 2, Map.of("p", Optional.of(new ProducerToken("p", 0, 1))), null));

            assertThat(one.join().snapshotId()).isEqualTo(two.join().snapshotId());
            assertThat(committer.committed()).containsEntry("p", new ProducerToken("p", 0, 2));
        }
    }

    @Test
    void aSetWhoseFilesTheTableRefusesIsIsolatedByHalving() {
        try (GroupCommitter committer = committer(Duration.ofMillis(300))) {
            committer.submit(set("x", 1)).join();
            List<CompletableFuture<CommitResult>> endings = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                endings.add(committer.submit(i == 6 ? foreign("p6") : set("p" + i, 1)));
            }

            for (int i = 0; i < 10; i++) {
                CompletableFuture<CommitResult> ending = endings.get(i);
                if (i == 6) {
                    assertThatThrownBy(ending::join).cause().isInstanceOf(TarnException.class);
                } else {
                    assertThat(ending.join().alreadyCommitted()).isFalse();
                }
            }
        }
        assertThat(files()).isEqualTo(10);
    }

    @Test
    void aSetForAnotherBranchIsRefused() {
        try (GroupCommitter committer = committer(Duration.ZERO)) {
            CommitRequest elsewhere = new CommitRequest("other", Map.of(), List.of());

            assertThatThrownBy(() -> committer.submit(CommitSet.append(List.of(), elsewhere, owner(null))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The committer is for branch main but the set is for branch other");
        }
    }

    @Test
    void tooManyWaitingSetsAreRefused() {
        CommitterOptions options = new CommitterOptions(Duration.ofHours(1), 10, 2, Duration.ofSeconds(1));
        GroupCommitter committer = GroupCommitter.open(catalog.load("t"), "main", options);
        committer.submit(set("first", 1)).join();
        committer.submit(set("a", 1));
        committer.submit(set("b", 1));

        assertThatThrownBy(() -> committer.submit(set("c", 1)))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED));
        committer.close();
        assertThat(files()).isEqualTo(3);
        assertThatThrownBy(() -> committer.submit(set("d", 1))).isInstanceOf(TarnException.class);
    }

    /** The bar: 100 logical commits a second through one physical one, acknowledged within two intervals. */
    @Test
    void aHundredProducersAreAcknowledgedWithinTwoIntervals() throws Exception {
        int producers = 100;
        int rounds = Integer.getInteger("tarn.group-commit.rounds", 2);
        Duration interval = Duration.ofSeconds(1);
        AtomicLongArray latencies = new AtomicLongArray(producers * rounds);
        CountDownLatch done = new CountDownLatch(producers);
        long begin = System.nanoTime();
        long physical;
        try (GroupCommitter committer = committer(interval)) {
            committer.submit(set("first", 1)).join();
            for (int p = 0; p < producers; p++) {
                int producer = p;
                Thread thread = new Thread(() -> {
                    for (int round = 0; round < rounds; round++) {
                        long sent = System.nanoTime();
                        committer.submit(set("p" + producer, round + 1)).join();
                        latencies.set(producer * rounds + round, System.nanoTime() - sent);
                    }
                    done.countDown();
                });
                thread.setDaemon(true);
                thread.start();
            }
            done.await();
            physical = committer.physicalCommits() - 1;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long[] sorted = new long[producers * rounds];
        Arrays.setAll(sorted, latencies::get);
        Arrays.sort(sorted);
        double p99 = sorted[(int) (sorted.length * 0.99)] / 1e6;
        System.out.printf(
                "%d logical commits in %.1f s through %d physical ones, ack p50 %.0f ms, p99 %.0f ms%n",
                sorted.length, seconds, physical, sorted[sorted.length / 2] / 1e6, p99);

        assertThat(files()).isEqualTo(producers * rounds + 1);
        assertThat(physical).isLessThanOrEqualTo(rounds + 2L);
    }

    private GroupCommitter committer(Duration interval) {
        return GroupCommitter.open(
                catalog.load("t"), "main", CommitterOptions.defaults().withInterval(interval));
    }

    private static CommitSet set(String producer, long sequence) {
        return set(producer, sequence, Map.of(), null);
    }

    private static CommitSet set(
            String producer, long sequence, Map<String, Optional<ProducerToken>> follows, AtomicInteger unused) {
        return set(PartitionSpec.unpartitioned(), producer, sequence, follows, unused);
    }

    private static CommitSet foreign(String producer) {
        return set(FOREIGN, producer, 1, Map.of(), null);
    }

    private static CommitSet set(
            PartitionSpec spec,
            String producer,
            long sequence,
            Map<String, Optional<ProducerToken>> follows,
            AtomicInteger unused) {
        DataFiles.Builder file = DataFiles.builder(spec)
                .withPath("file:///nowhere/" + producer + "-" + sequence + ".parquet")
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(10)
                .withRecordCount(1);
        DataFile built = (spec.isUnpartitioned() ? file : file.withPartitionPath("id=1")).build();
        return CommitSet.append(
                List.of(built),
                new CommitRequest("main", Map.of(), List.of(new ProducerToken(producer, 0, sequence)), follows),
                owner(unused));
    }

    private static CommitSet.FileOwner owner(AtomicInteger unused) {
        return new CommitSet.FileOwner() {
            @Override
            public void unused() {
                if (unused != null) {
                    unused.incrementAndGet();
                }
            }

            @Override
            public void uncertain() {
                throw new AssertionError("nothing is uncertain here");
            }
        };
    }

    private long head() {
        return catalog.load("t").currentSnapshot().snapshotId();
    }

    private long files() {
        Table table = catalog.load("t");
        return StreamSupport.stream(table.newScan().planFiles().spliterator(), false)
                .count();
    }
}
