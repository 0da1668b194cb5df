package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits together is committed together, and each piece ends for itself. */
class SqliteWriterTest {
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private SqliteFile file;
    private SqliteWriter writer;

    @BeforeEach
    void start(@TempDir Path folder) throws SQLException {
        file = new SqliteFile(folder.resolve("test.db"));
        try (Connection connection = file.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)");
            statement.execute("CREATE TABLE child (id INTEGER REFERENCES parent (id))");
        }
        writer = new SqliteWriter(file);
    }

    @AfterEach
    void stop() {
        writer.close();
        callers.shutdownNow();
    }

    @Test
    void whatWaitsTogetherSharesOneTransaction() {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        try (Stopped stopped = new Stopped()) {
            for (int i = 0; i < 16; i++) {
                writes.add(insert(i));
            }
            stopped.awaitWaiting(16);
        }
        writes.forEach(CompletableFuture::join);

        assertThat(writer.transactions()).isEqualTo(2);
        assertThat(parents()).hasSize(16);
    }

    @Test
    void whatFailsOrIsNotKeptLeavesTheRestAlone() {
        CompletableFuture<Integer> good;
        CompletableFuture<Integer> notKept;
        CompletableFuture<Integer> wrong;
        CompletableFuture<Integer> defect;
        CompletableFuture<Integer> after;
        try (Stopped stopped = new Stopped()) {
            good = insert(1);
            notKept = submit(session -> session.update("INSERT INTO parent VALUES (2)") - 1);
            wrong = submit(session -> session.update("INSERT INTO parent VALUES (3)") + session.update("NO SQL"));
            defect = submit(session -> {
                throw new IllegalStateException("after " + session.update("INSERT INTO parent VALUES (4)"));
            });
            after = insert(5);
            stopped.awaitWaiting(5);
        }

        assertThat(good.join()).isEqualTo(1);
        assertThat(notKept.join()).isZero();
        assertThatThrownBy(wrong::join)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseInstanceOf(SQLException.class)
                .cause()
                .hasMessageContaining("nothing was changed");
        assertThatThrownBy(defect::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .hasMessage("after 1");
        assertThat(after.join()).isEqualTo(1);
        assertThat(parents()).containsExactly(1, 5);
    }

    @Test
    void ifTheCommitFailsTheEndOfAllOfItIsUnknownAndTheNextOneWorks() {
        CompletableFuture<Integer> innocent;
        CompletableFuture<Integer> breaking;
        try (Stopped stopped = new Stopped()) {
            innocent = insert(1);
            breaking = submit(session -> {
                session.execute("PRAGMA defer_foreign_keys = ON"); // Broken references are found by COMMIT.
                return session.update("INSERT INTO child VALUES (77)");
            });
            stopped.awaitWaiting(2);
        }

        for (CompletableFuture<Integer> write : List.of(innocent, breaking)) {
            assertThatThrownBy(write::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNKNOWN_OUTCOME));
        }
        assertThat(insert(2).join()).isEqualTo(1);
        assertThat(writer.isBroken()).isFalse();
        assertThat(parents()).containsExactly(2);
    }

    @Test
    void anInterruptedCallerTakesBackWhatHasNotBegun() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        try (Stopped stopped = new Stopped()) {
            Thread caller = new Thread(() -> {
                try {
                    int unused = writer.write(session -> session.update("INSERT INTO parent VALUES (1)"), rows -> true);
                } catch (TarnException e) {
                    failure.complete(e);
                }
            });
            caller.start();
            stopped.awaitWaiting(1);
            caller.interrupt();
            caller.join();
        }

        assertThat(failure.join())
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
        insert(2).join();
        assertThat(parents()).containsExactly(2);
    }

    @Test
    void closingFailsWhatWaits() throws Exception {
        CompletableFuture<Integer> waiting;
        CompletableFuture<Void> closing;
        try (Stopped stopped = new Stopped()) {
            waiting = insert(1);
            stopped.awaitWaiting(1);
            CountDownLatch begun = new CountDownLatch(1);
            closing = CompletableFuture.runAsync(
                    () -> {
                        begun.countDown();
                        writer.close();
                    },
                    callers);
            begun.await();
            await().until(writer::isClosed);
        }
        closing.join();

        assertThatThrownBy(waiting::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .hasMessage("The catalog store is closed");
    }

    private CompletableFuture<Integer> insert(int id) {
        return submit(session -> session.update("INSERT INTO parent VALUES (?)", id));
    }

    /** Keeps what changed one row. */
    private CompletableFuture<Integer> submit(SqlWork<Integer> work) {
        return CompletableFuture.supplyAsync(() -> writer.write(work, rows -> rows == 1), callers);
    }

    private List<Integer> parents() {
        return writer.write(
                session -> session.query("SELECT id FROM parent ORDER BY id", row -> row.getInt(1)), rows -> false);
    }

    /** Holds the writer within a transaction until closed, so that a test decides what waits together. */
    private final class Stopped implements AutoCloseable {
        private final CountDownLatch go = new CountDownLatch(1);
        private final CompletableFuture<Integer> holding;

        Stopped() {
            CountDownLatch held = new CountDownLatch(1);
            holding = submit(session -> {
                held.countDown();
                awaitQuietly(go);
                return 0;
            });
            awaitQuietly(held);
        }

        void awaitWaiting(int count) {
            await().until(() -> writer.waiting() == count);
        }

        @Override
        public void close() {
            go.countDown();
            holding.join();
        }

        private static void awaitQuietly(CountDownLatch latch) {
            boolean done = false;
            while (!done) {
                try {
                    latch.await();
                    done = true;
                } catch (InterruptedException e) {
                    done = latch.getCount() == 0;
                }
            }
        }
    }
}
