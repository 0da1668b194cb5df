package dev.tarn.writer.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.GroupCommitter;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.ingest.IngestReceipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to one table for as long as there is something to append. Batches are written into files as they are offered; a
 * window of batches becomes one commit when it is large or old enough. Schema, partition spec and sort order are those that
 * the table has when a window begins. Thread-safe; offers of several threads are written one after the other, so threads that
 * shall encode at the same time open a session each, with one {@link SessionBudget} and one {@link GroupCommitter}. Whoever
 * opens it closes it.
 */
public final class IngestSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IngestSession.class);

    /** One window fills while one is finished and one waits for it: more would only hide that storage is too slow. */
    private static final int MAX_UNFINISHED_WINDOWS = 2;

    /** Windows that wait for their commit hold no rows in memory, but their order must be kept and their futures too. */
    private static final int MAX_UNCOMMITTED_WINDOWS = 64;

    /** Names of files that could not be deleted; beyond this they are only logged. */
    private static final int MAX_LEFTOVERS = 10_000;

    private final SessionOptions options;
    private final SessionBudget budget;
    private final GroupCommitter committer;
    private final CommitterUse committerUse;
    private final String tableName;
    private final ScheduledThreadPoolExecutor worker;
    private final Held held = new Held();
    private final Flushes flushes;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition windowEnded = lock.newCondition();

    @GuardedBy("lock")
    private final WindowFiles windowFiles;

    @GuardedBy("lock")
    private final Producers producers;

    @GuardedBy("lock")
    private final Set<Window> uncommitted = new LinkedHashSet<>();

    @GuardedBy("lock")
    private final List<String> leftovers = new ArrayList<>();

    @GuardedBy("lock")
    private Optional<Window> open = Optional.empty();

    @GuardedBy("lock")
    private int unfinished;

    @GuardedBy("lock")
    private OptionalLong newestSnapshot;

    @GuardedBy("lock")
    private State state = State.OPEN;

    private enum State {
        OPEN,
        CLOSED,
        ABORTED
    }

    private enum CommitterUse {
        OWN,
        SHARED
    }

    private IngestSession(
            GroupCommitter committer, CommitterUse committerUse, SessionBudget budget, SessionOptions options) {
        this.options = options;
        this.budget = budget;
        this.committer = committer;
        this.committerUse = committerUse;
        this.tableName = committer.withTable(Table::name);
        this.windowFiles = new WindowFiles(committer, options.ingest());
        String branch = options.ingest().branch();
        this.producers = new Producers(tableName, committer.committed());
        Snapshot head = committer.withTable(table -> table.snapshot(branch));
        this.newestSnapshot = head == null ? OptionalLong.empty() : OptionalLong.of(head.snapshotId());
        this.worker = new ScheduledThreadPoolExecutor(1, new NamedThreads("tarn-session-" + tableName));
        this.worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.flushes = new Flushes(committer, options, worker, new WindowListener());
        budget.register(held);
    }

    /**
     * Opens a session that commits alone.
     *
     * @param table becomes the session's own until it is closed: nobody else may refresh it or commit through it
     * @throws TarnException CORRUPT if the tokens in the table cannot be read
     */
    public static IngestSession open(Table table, SessionOptions options) {
        GroupCommitter committer = GroupCommitter.open(table, options.ingest().branch(), options.committer());
        try {
            return new IngestSession(committer, CommitterUse.OWN, new SessionBudget(options.budget()), options);
        } catch (RuntimeException e) {
            committer.close();
            throw e;
        }
    }

    /**
     * Opens a session that commits together with others. Committer and budget stay the caller's.
     *
     * @param committer for the table, and for the branch that the options name
     * @param budget counts instead of the one in the options
     */
    public static IngestSession open(GroupCommitter committer, SessionBudget budget, SessionOptions options) {
        if (!committer.branch().equals(options.ingest().branch())) {
            throw new IllegalArgumentException("The committer is for branch %s but the session for branch %s"
                    .formatted(committer.branch(), options.ingest().branch()));
        }
        return new IngestSession(committer, CommitterUse.SHARED, budget, options);
    }

    /**
     * Writes a batch into the open window. Waits while the budget is used up, or too many windows wait for their commits.
     *
     * @param batch stays the caller's, who may use it again after the return
     * @param positions where its producers are after it: one token for each producer whose work is in the batch, each greater
     *     than the one before; empty for a batch that is not to be repeated after a failure
     * @return completes when the commit that holds the batch ended: with the receipt of the whole flush, or with a
     *     {@link FlushFailedException}. Completes at once, as already committed, if the table has the positions. What is
     *     chained to it runs on the session's thread and must not block
     * @throws TarnException if the batch was not taken: INVALID if it does not fit, CONFLICT if its positions do not follow
     *     those before or the table was replaced, NOT_FOUND if the table was dropped, CANCELLED if the session was closed
     */
    public CompletableFuture<IngestReceipt> offer(VectorSchemaRoot batch, List<ProducerToken> positions) {
        return offer(batch, positions, Long.MAX_VALUE);
    }

    /**
     * As {@link #offer}, for those who do not want to wait.
     *
     * @throws TarnException OVERLOADED if there is no room for the batch when the patience is over; it was not taken
     */
    public CompletableFuture<IngestReceipt> tryOffer(
            VectorSchemaRoot batch, List<ProducerToken> positions, Duration patience) {
        return offer(batch, positions, patience.toNanos());
    }

    /**
     * Commits everything that was offered before, and waits for it.
     *
     * @throws FlushFailedException of the first window that failed
     */
    public void flush() {
        awaitEndings(rolled());
    }

    /**
     * The newest token of a producer, read from the table anew: where a producer goes on after a crash. What was offered
     * here and is not committed yet does not count.
     */
    public Optional<ProducerToken> committed(String producer) {
        return Optional.ofNullable(committer.committed().get(producer));
    }

    /**
     * Lets a producer go on after a failed flush: waits for what it offered before, then reads from the table where it is.
     *
     * @return as {@link #committed}; the next offer has to begin right after it
     */
    public Optional<ProducerToken> resume(String producer) {
        for (Window window : rolled()) {
            try {
                awaitEndings(List.of(window));
            } catch (FlushFailedException e) {
                LOG.debug("Producer {} resumes after a failed flush", producer, e);
            }
        }
        Optional<ProducerToken> committed = committed(producer);
        lock.lock();
        try {
            producers.resumed(producer, committed);
        } finally {
            lock.unlock();
        }
        return committed;
    }

    /** Files of failed flushes that still exist and that no snapshot is known to refer to; the first 10,000. */
    public List<String> leftovers() {
        lock.lock();
        try {
            return List.copyOf(leftovers);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes no more offers, commits those that were taken and waits for it.
     *
     * @throws FlushFailedException of the first of the last windows that failed; everything is closed nevertheless
     */
    @Override
    public void close() {
        if (!leave(State.CLOSED)) {
            return;
        }
        try {
            awaitEndings(rolled());
        } finally {
            shutDown();
        }
    }

    /**
     * Takes no more offers and deletes the files of those that are not on their way to the table. Waits for those that are.
     */
    public void abort() {
        if (!leave(State.ABORTED)) {
            return;
        }
        for (Window window : rolled()) {
            try {
                awaitEndings(List.of(window));
            } catch (FlushFailedException e) {
                LOG.debug("A window was given up", e);
            }
        }
        shutDown();
    }

    private CompletableFuture<IngestReceipt> offer(
            VectorSchemaRoot batch, List<ProducerToken> positions, long patienceNanos) {
        long begin = System.nanoTime();
        long bytes = sizeOf(batch);
        budget.acquire(bytes, patienceNanos);
        boolean taken = false;
        lock.lock();
        try {
            awaitRoom(begin, patienceNanos);
            if (producers.areCommitted(positions)) {
                return CompletableFuture.completedFuture(new IngestReceipt(newestSnapshot, true, 0, 0, 0, 0, 0, 0));
            }
            Window window = windowFor(batch);
            CompletableFuture<IngestReceipt> offer = write(window, batch, positions, bytes);
            taken = true;
            if (window.bytes() >= options.flushBytes().bytes() || window.rows() >= options.flushRows()) {
                roll(window);
            }
            return offer;
        } finally {
            lock.unlock();
            if (!taken) {
                budget.release(bytes);
            }
        }
    }

    private static long sizeOf(VectorSchemaRoot batch) {
        long bytes = 0;
        for (FieldVector vector : batch.getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        return bytes;
    }

    @GuardedBy("lock")
    private void awaitRoom(long begin, long patienceNanos) {
        refuseUnlessOpen();
        while (unfinished >= MAX_UNFINISHED_WINDOWS || uncommitted.size() >= MAX_UNCOMMITTED_WINDOWS) {
            long left = patienceNanos - (System.nanoTime() - begin);
            if (left <= 0) {
                throw new TarnException(
                        ErrorKind.OVERLOADED,
                        "%d flushes of table %s have not ended; offer again later"
                                .formatted(uncommitted.size(), tableName));
            }
            try {
                long unusedLeft = windowEnded.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TarnException(ErrorKind.CANCELLED, "Interrupted while waiting for an earlier flush", e);
            }
            refuseUnlessOpen();
        }
    }

    @GuardedBy("lock")
    private void refuseUnlessOpen() {
        if (state != State.OPEN) {
            throw new TarnException(
                    ErrorKind.CANCELLED, "The session for table %s was closed; open a new one".formatted(tableName));
        }
    }

    @GuardedBy("lock")
    private Window windowFor(VectorSchemaRoot batch) {
        Optional<Window> before = open.filter(window -> !window.schema().equals(batch.getSchema()));
        before.ifPresent(this::roll);
        if (open.isEmpty() || before.isPresent()) {
            Window opened = new Window(batch.getSchema(), windowFiles.open(batch.getSchema()));
            open.ifPresent(unused -> {
                opened.inherit(unused);
                detach(unused);
                worker.execute(() -> flushes.finish(unused));
            });
            open = Optional.of(opened);
            var unusedTimer =
                    worker.schedule(() -> rollIfOpen(opened), options.flushAge().toMillis(), TimeUnit.MILLISECONDS);
        }
        return open.get();
    }

    @GuardedBy("lock")
    private CompletableFuture<IngestReceipt> write(
            Window window, VectorSchemaRoot batch, List<ProducerToken> positions, long bytes) {
        int admitted;
        try {
            admitted = window.files().write(batch);
        } catch (RuntimeException e) {
            if (window.files().isDamaged()) {
                // Rows of the batch may be in files that hold rows of others: none of the files can be used.
                detach(window);
                worker.execute(() -> flushes.giveUp(window, e));
            }
            throw e instanceof TarnException
                    ? e
                    : new TarnException(
                            ErrorKind.UNAVAILABLE,
                            "Cannot write files of table %s: %s".formatted(tableName, e.getMessage()),
                            e);
        }
        CompletableFuture<IngestReceipt> offer = window.add(admitted, bytes);
        held.openBytes = window.bytes();
        positions.forEach(token -> window.add(token, producers.offer(token)));
        return offer;
    }

    private void rollIfOpen(Window window) {
        lock.lock();
        try {
            if (open.isPresent() && open.get() == window) {
                roll(window);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Rolls the open window and returns all whose commits have not ended. */
    private List<Window> rolled() {
        lock.lock();
        try {
            open.ifPresent(this::roll);
            return List.copyOf(uncommitted);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void roll(Window window) {
        if (window.hasNothingToCommit(options.positions()) && state == State.OPEN) {
            keepOpen(window);
            return;
        }
        detach(window);
        worker.execute(() -> flushes.finish(window));
    }

    /** Ends the offers of a window without rows; its tokens wait for rows. */
    @GuardedBy("lock")
    private void keepOpen(Window window) {
        long bytes = window.bytes();
        IngestReceipt receipt = window.nothing();
        List<CompletableFuture<IngestReceipt>> offers = window.takeOffersWithoutRows();
        held.openBytes = 0;
        budget.release(bytes);
        worker.execute(() -> offers.forEach(offer -> offer.complete(receipt)));
    }

    @GuardedBy("lock")
    private void detach(Window window) {
        open = Optional.empty();
        held.openBytes = 0;
        unfinished++;
        uncommitted.add(window);
    }

    /** Told by the flushes what becomes of the windows. */
    private final class WindowListener implements Flushes.Listener {
        @Override
        public boolean isAborted() {
            lock.lock();
            try {
                return state == State.ABORTED;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void filesFinished(Window window) {
            budget.release(window.bytes());
            lock.lock();
            try {
                unfinished--;
                windowEnded.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void ended(Window window, IngestReceipt receipt, List<String> kept) {
            rememberLeftovers(kept);
            lock.lock();
            try {
                uncommitted.remove(window);
                if (receipt.snapshotId().isPresent()) {
                    newestSnapshot = receipt.snapshotId();
                    window.tokens().forEach(producers::committed);
                }
                windowEnded.signalAll();
            } finally {
                lock.unlock();
            }
            window.succeeded(receipt);
        }

        @Override
        public void failed(Window window, Throwable failure, List<String> kept) {
            ErrorKind kind = failure instanceof TarnException known ? known.kind() : ErrorKind.UNAVAILABLE;
            rememberLeftovers(kept);
            lock.lock();
            try {
                uncommitted.remove(window);
                window.tokens().forEach(token -> producers.broken(token.producer()));
                windowEnded.signalAll();
            } finally {
                lock.unlock();
            }
            window.failed(new FlushFailedException(
                    kind,
                    "A flush of %d rows into table %s failed: %s; its producers go on where resume(producer) says"
                            .formatted(window.rows(), tableName, failure.getMessage()),
                    failure,
                    kept));
        }
    }

    private void rememberLeftovers(List<String> kept) {
        if (kept.isEmpty()) {
            return;
        }
        LOG.warn("Files of a flush into table {} were left behind: {}", tableName, kept);
        lock.lock();
        try {
            leftovers.addAll(kept.subList(0, Math.min(kept.size(), MAX_LEFTOVERS - leftovers.size())));
        } finally {
            lock.unlock();
        }
    }

    private static void awaitEndings(List<Window> windows) {
        Optional<FlushFailedException> first = Optional.empty();
        for (Window window : windows) {
            try {
                window.ending().join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof FlushFailedException failed && first.isEmpty()) {
                    first = Optional.of(failed);
                }
            }
        }
        if (first.isPresent()) {
            throw first.get();
        }
    }

    private boolean leave(State next) {
        lock.lock();
        try {
            boolean first = state == State.OPEN;
            if (first) {
                state = next;
                windowEnded.signalAll();
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    private void shutDown() {
        budget.remove(held);
        worker.shutdown();
        if (committerUse == CommitterUse.OWN) {
            committer.close();
        }
    }

    /** What the budget sees of the session. */
    private final class Held implements SessionBudget.Holder {
        private volatile long openBytes;

        @Override
        public long openBytes() {
            return openBytes;
        }

        @Override
        public void requestFlush() {
            openBytes = 0;
            worker.execute(IngestSession.this::rolled);
        }
    }
}
