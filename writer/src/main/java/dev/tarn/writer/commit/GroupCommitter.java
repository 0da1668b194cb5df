package dev.tarn.writer.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the logical commits of many producers into few physical ones: all appends that wait when a commit begins become one
 * snapshot, and each keeps its tokens. Sets are committed in the order of their submission. What one set has wrong does not
 * fail the others. The table object belongs to the committer from then on: whoever needs it asks with {@link #withTable}.
 * Thread-safe. Whoever opens it closes it, which commits what waits.
 */
public final class GroupCommitter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitter.class);

    private final String branch;
    private final CommitterOptions options;
    private final Thread thread;
    private final AtomicLong physicalCommits = new AtomicLong();

    private final ReentrantLock tableLock = new ReentrantLock(true);

    @GuardedBy("tableLock")
    private final Table table;

    private final GroupCommit groups;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Deque<PendingSet> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean closed;

    private GroupCommitter(Table table, String branch, CommitterOptions options) {
        this.table = table;
        this.branch = branch;
        this.options = options;
        this.groups = new GroupCommit(table, table.uuid(), branch, options.deadline());
        this.thread = new NamedThreads("tarn-commit-" + table.name() + "-" + branch).newThread(this::work);
    }

    /**
     * Opens a committer for a branch of a table.
     *
     * @param table becomes the committer's own: nobody else may refresh it or commit through it
     */
    public static GroupCommitter open(Table table, String branch, CommitterOptions options) {
        GroupCommitter committer = new GroupCommitter(table, branch, options);
        committer.thread.start();
        return committer;
    }

    /** The branch that all sets go to. */
    public String branch() {
        return branch;
    }

    /** Physical commits so far that made a snapshot. */
    public long physicalCommits() {
        return physicalCommits.get();
    }

    /**
     * Queues a set.
     *
     * @return completes on the committer's thread with the ending of the set: a result, or a {@link TarnException} of which
     *     UNKNOWN_OUTCOME says that the set may be in the table or may still get there
     * @throws TarnException OVERLOADED if too many sets wait, CANCELLED if the committer was closed
     */
    public CompletableFuture<CommitResult> submit(CommitSet set) {
        if (!set.request().branch().equals(branch)) {
            throw new IllegalArgumentException("The committer is for branch %s but the set is for branch %s"
                    .formatted(branch, set.request().branch()));
        }
        PendingSet pending = new PendingSet(set);
        lock.lock();
        try {
            if (closed) {
                throw new TarnException(
                        ErrorKind.CANCELLED, "The committer of table %s was closed".formatted(groups.tableName()));
            }
            if (waiting.size() >= options.maxWaiting()) {
                throw new TarnException(
                        ErrorKind.OVERLOADED,
                        "%d commits wait for table %s, which is the most that may; try again later"
                                .formatted(waiting.size(), groups.tableName()));
            }
            waiting.add(pending);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return pending.future();
    }

    /** Runs something on the table while no commit goes on. */
    public <T> T withTable(Function<Table, T> work) {
        tableLock.lock();
        try {
            return work.apply(table);
        } finally {
            tableLock.unlock();
        }
    }

    /** As {@link #withTable}, but empty if a commit goes on. */
    public <T> Optional<T> tryWithTable(Function<Table, T> work) {
        if (!tableLock.tryLock()) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.apply(table));
        } finally {
            tableLock.unlock();
        }
    }

    /** Reads what the table has in memory, also while a commit goes on. The work must not refresh or change the table. */
    @SuppressWarnings("GuardedBy") // Metadata is immutable and replaced as a whole: a reader sees one or the other.
    public <T> T readTable(Function<Table, T> work) {
        return work.apply(table);
    }

    /**
     * The newest token of each producer, read from the table anew: where producers go on after a crash.
     *
     * @throws TarnException NOT_FOUND if the table was dropped, UNAVAILABLE if it cannot be read now
     */
    public Map<String, ProducerToken> committed() {
        return withTable(current -> {
            try {
                current.refresh();
            } catch (NoSuchTableException e) {
                throw new TarnException(ErrorKind.NOT_FOUND, "Table %s was dropped".formatted(current.name()), e);
            } catch (RuntimeException e) {
                throw new TarnException(
                        ErrorKind.UNAVAILABLE,
                        "Cannot read table %s: %s; try again later".formatted(current.name(), e.getMessage()),
                        e);
            }
            return ProducerTokens.of(current, branch);
        });
    }

    /** Commits what waits, then ends. Waits for it. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // Commits on their way end within their deadline, and nobody else could finish them.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        long lastBegin = System.nanoTime() - options.interval().toNanos();
        while (true) {
            List<PendingSet> next = awaitNext(lastBegin);
            if (next.isEmpty()) {
                return;
            }
            lastBegin = System.nanoTime();
            tableLock.lock();
            try {
                physicalCommits.addAndGet(groups.commit(next));
            } catch (RuntimeException | Error e) {
                LOG.error("The committer of table {} has a defect; its sets end as unknown", groups.tableName(), e);
                next.forEach(set -> set.unknown(new TarnException(
                        ErrorKind.UNKNOWN_OUTCOME,
                        "The commit to table %s broke off: %s".formatted(groups.tableName(), e.getMessage()),
                        e)));
            } finally {
                tableLock.unlock();
            }
        }
    }

    /** Waits until something may be committed; empty when closed and nothing waits. */
    private List<PendingSet> awaitNext(long lastBegin) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            long left = lastBegin + options.interval().toNanos() - System.nanoTime();
            while (left > 0 && waiting.size() < options.maxSets() && !closed) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    LOG.debug("Interrupted while waiting for the next commit", e);
                    left = 0;
                }
            }
            List<PendingSet> next = new ArrayList<>();
            while (!waiting.isEmpty() && next.size() < options.maxSets()) {
                next.add(waiting.poll());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }
}
