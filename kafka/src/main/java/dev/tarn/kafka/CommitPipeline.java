package dev.tarn.kafka;

import dev.tarn.common.NamedThreads;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Commits one window while the next one is read. Used by the consumer's thread, which owns a window again once its commit
 * has ended; the table is the pipeline's while a commit runs.
 */
final class CommitPipeline implements AutoCloseable {
    private final Target target;
    private final ExecutorService committer = Executors.newSingleThreadExecutor(new NamedThreads("kafka-commit"));
    private @Nullable Running running;

    private record Running(Window window, Future<IngestReceipt> receipt) {}

    /** A commit that happened. */
    record Committed(Window window, IngestReceipt receipt) {}

    CommitPipeline(Target target) {
        this.target = target;
    }

    /** The table, to be used only while no commit runs. */
    Target target() {
        return target;
    }

    boolean isBusy() {
        return running != null;
    }

    /** Records of the window that is being committed. */
    long records() {
        Running now = running;
        return now == null ? 0 : now.window().records();
    }

    /** Whether {@link #settle} would answer at once. */
    boolean isReady() {
        Running now = running;
        return now != null && now.receipt().isDone();
    }

    /** Begins a commit; only one runs at a time. */
    void begin(Window window, List<ProducerToken> tokens, Map<String, Optional<ProducerToken>> follows) {
        if (running != null) {
            throw new IllegalStateException("A commit is running already");
        }
        running = new Running(window, committer.submit(() -> target.commit(window, tokens, follows)));
    }

    /**
     * Waits for the commit to end, however long it takes: after it the window is closed and the table is free.
     *
     * @return empty if none was running
     * @throws RuntimeException what the commit ended with
     */
    Optional<Committed> settle() {
        Running ending = running;
        if (ending == null) {
            return Optional.empty();
        }
        try {
            IngestReceipt receipt = await(ending.receipt());
            return Optional.of(new Committed(ending.window(), receipt));
        } finally {
            running = null;
            ending.window().close();
        }
    }

    @Override
    public void close() {
        Running ending = running;
        running = null;
        if (ending != null) {
            // Its outcome does not matter any more, but its memory may not be freed under it.
            try {
                await(ending.receipt());
            } catch (RuntimeException e) {
                org.slf4j.LoggerFactory.getLogger(CommitPipeline.class).warn("The last commit failed", e);
            } finally {
                ending.window().close();
            }
        }
        committer.shutdown();
    }

    private static IngestReceipt await(Future<IngestReceipt> receipt) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return receipt.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException failure) {
                        throw failure;
                    }
                    throw new IllegalStateException("A commit ended with an error", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
