package dev.tarn.bench.writer;

import dev.tarn.common.Closer;
import dev.tarn.common.DataSize;
import dev.tarn.common.NamedThreads;
import dev.tarn.writer.commit.CommitterOptions;
import dev.tarn.writer.commit.GroupCommitter;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.session.IngestSession;
import dev.tarn.writer.session.SessionBudget;
import dev.tarn.writer.session.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;

/** Many producers, each of which waits for its commit before it goes on, and one physical commit per second. */
final class GroupCommitBench {
    private static final int ROWS_OF_A_COMMIT = 100;

    private final Lake lake;
    private final int producers;
    private final int commitsOfEach;

    GroupCommitBench(Lake lake, int producers, int commitsOfEach) {
        this.lake = lake;
        this.producers = producers;
        this.commitsOfEach = commitsOfEach;
    }

    Figure run(ArrowTable rows) {
        Table table = lake.create("grouped", rows.schema(), PartitionSpec.unpartitioned());
        ExecutorService threads = Executors.newFixedThreadPool(producers, new NamedThreads("producer"));
        try (Closer closer = new Closer()) {
            GroupCommitter committer = closer.register(GroupCommitter.open(
                    table, SnapshotRef.MAIN_BRANCH, CommitterOptions.defaults().withInterval(Duration.ofSeconds(1))));
            SessionBudget budget = new SessionBudget(DataSize.ofMegabytes(256));
            List<IngestSession> sessions = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                sessions.add(closer.register(IngestSession.open(
                        committer, budget, SessionOptions.defaults().withFlushRows(ROWS_OF_A_COMMIT))));
            }
            try (VectorSchemaRoot batch = rows.batches().get(0).slice(0, ROWS_OF_A_COMMIT)) {
                return measure(threads, sessions, batch, committer);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Figure measure(
            ExecutorService threads, List<IngestSession> sessions, VectorSchemaRoot batch, GroupCommitter committer) {
        Stopwatch watch = Stopwatch.start();
        List<Future<List<Long>>> running = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            IngestSession session = sessions.get(i);
            String producer = "producer-" + i;
            running.add(threads.submit(() -> produce(session, producer, batch)));
        }
        List<Long> nanos = new ArrayList<>();
        for (Future<List<Long>> producer : running) {
            nanos.addAll(get(producer));
        }
        Stopwatch.Times times = watch.stop();
        nanos.sort(Long::compare);
        return new Figure(
                "group commit of %d producers, one physical commit per second".formatted(producers),
                nanos.size(),
                "commits",
                times.wallSeconds(),
                times.cpuSeconds(),
                String.format(
                        Locale.ROOT,
                        "%d snapshots; acknowledged after %.2f s (p50), %.2f s (p99)",
                        committer.physicalCommits(),
                        nanos.get(nanos.size() / 2) / 1e9,
                        nanos.get((int) (nanos.size() * 0.99)) / 1e9));
    }

    private List<Long> produce(IngestSession session, String producer, VectorSchemaRoot batch)
            throws ExecutionException, InterruptedException {
        List<Long> nanos = new ArrayList<>();
        for (int sequence = 1; sequence <= commitsOfEach; sequence++) {
            long start = System.nanoTime();
            var unused = session.offer(batch, List.of(new ProducerToken(producer, 0, sequence)))
                    .get();
            nanos.add(System.nanoTime() - start);
        }
        return nanos;
    }

    private static List<Long> get(Future<List<Long>> producer) {
        try {
            return producer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A producer failed", e);
        }
    }
}
