package dev.tarn.catalog.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.store.sql.SqliteCatalogDatabase;
import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskRunnerTest {
    private static final TaskLimits QUICK =
            new TaskLimits(2, Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofMillis(200));

    private final Closer closer = new Closer();
    private CatalogDatabase database;

    @BeforeEach
    void open(@TempDir Path folder) {
        database = closer.register(SqliteCatalogDatabase.open(folder, Clock.systemUTC()));
        AuditRecord audit = new AuditRecord("test", "create-warehouse", "w", "allowed", Instant.EPOCH, Map.of());
        assertThat(database.warehouses().create(new WarehouseRecord("w", "w", "file:///w", Map.of(), true, 1), audit))
                .isEqualTo(CommitOutcome.APPLIED);
    }

    @AfterEach
    void close() {
        closer.close();
    }

    @Test
    void everyTaskIsDoneOnceByOneOfTwoServers() {
        Queue<String> done = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 20; i++) {
            enqueue("t" + i, Instant.EPOCH);
        }

        start("one", (task, progress) -> done.add(task.id()));
        start("two", (task, progress) -> done.add(task.id()));

        await().until(() -> database.tasks().list("w", "", 100).isEmpty());
        assertThat(done).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void aFailedAttemptIsRepeatedFromItsCursorAndSaysWhy() {
        Queue<String> cursors = new ConcurrentLinkedQueue<>();
        CountDownLatch mended = new CountDownLatch(1);
        enqueue("t", Instant.EPOCH);
        start("one", (task, progress) -> {
            cursors.add(task.cursor());
            progress.save("half");
            if (mended.getCount() > 0) {
                throw new TarnException(ErrorKind.UNAVAILABLE, "The store is away");
            }
        });

        await().until(() -> database.tasks()
                .find("t")
                .filter(task -> task.problem().equals("The store is away"))
                .isPresent());
        mended.countDown();
        await().until(() -> database.tasks().find("t").isEmpty());
        assertThat(cursors).first().isEqualTo("");
        assertThat(cursors.stream().skip(1)).isNotEmpty().allMatch("half"::equals);
    }

    @Test
    void aProblemOfUnknownKindShowsNoMessage() {
        enqueue("t", Instant.EPOCH);
        start("one", (task, progress) -> {
            throw new IllegalStateException("password=secret");
        });

        await().until(() -> !database.tasks().find("t").orElseThrow().problem().isEmpty());
        assertThat(database.tasks().find("t").orElseThrow().problem())
                .isEqualTo("Failed with IllegalStateException; the server's log says why");
    }

    @Test
    void aTaskOfTheFutureWaitsAndAPostponedOneIsNoFailure() {
        Instant later = Instant.now().plusSeconds(3_600);
        enqueue("future", later);
        enqueue("postponed", Instant.EPOCH);
        AtomicInteger runs = new AtomicInteger();
        start("one", (task, progress) -> {
            runs.incrementAndGet();
            throw new TaskPostponedException("not yet", later);
        });

        await().until(() -> database.tasks()
                .find("postponed")
                .filter(task -> task.problem().equals("not yet"))
                .isPresent());
        assertThat(runs).hasValue(1);
        assertThat(database.tasks().find("future").orElseThrow().attempts()).isZero();
    }

    @Test
    void aServerThatStopsGivesItsTaskToAnotherOneAtOnce() {
        enqueue("t", Instant.EPOCH);
        CountDownLatch running = new CountDownLatch(1);
        TaskRunner first = start("one", (task, progress) -> {
            progress.note("here");
            running.countDown();
            progress.pause(Duration.ofHours(1));
        });
        await().until(() -> running.getCount() == 0);
        first.drain(Duration.ofSeconds(10));
        Queue<String> cursors = new ConcurrentLinkedQueue<>();

        start("two", (task, progress) -> cursors.add(task.cursor()));

        await().atMost(QUICK.lease()).until(() -> database.tasks().find("t").isEmpty());
        assertThat(cursors).containsExactly("here");
    }

    @Test
    void whoLostItsLeaseStopsAtItsNextStep() {
        enqueue("t", Instant.EPOCH);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch stolen = new CountDownLatch(1);
        Queue<String> endings = new ConcurrentLinkedQueue<>();
        start("one", (task, progress) -> {
            running.countDown();
            awaitQuietly(stolen);
            try {
                progress.save("too late");
            } catch (TaskStoppedException e) {
                endings.add("stopped");
                throw e;
            }
        });
        await().until(() -> running.getCount() == 0);
        Instant farAway = Instant.now().plusSeconds(7_200);
        List<TaskRecord> taken = database.tasks().lease("work", "thief", farAway, farAway.plusSeconds(60), 1);
        assertThat(taken).hasSize(1);

        stolen.countDown();

        await().until(() -> endings.contains("stopped"));
        assertThat(database.tasks().find("t").orElseThrow().leaseOwner()).contains("thief");
        assertThat(database.tasks().find("t").orElseThrow().cursor()).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TaskRunner start(String owner, BiConsumer<TaskRecord, TaskProgress> work) {
        TaskHandler handler = new TaskHandler() {
            @Override
            public String kind() {
                return "work";
            }

            @Override
            public void run(TaskRecord task, TaskProgress progress) {
                work.accept(task, progress);
            }
        };
        return closer.register(TaskRunner.start(
                database.tasks(), List.of(handler), QUICK, owner, Clock.systemUTC(), new SimpleMeterRegistry()));
    }

    private void enqueue(String id, Instant dueAt) {
        CommitOutcome outcome = database.warehouse("w")
                .commit(new StoreTransaction(
                        List.of(new Change.EnqueueTask(TaskRecord.fresh(id, "w", "work", "{}", dueAt))),
                        List.of(),
                        Optional.empty()));
        assertThat(outcome).isEqualTo(CommitOutcome.APPLIED);
    }
}
