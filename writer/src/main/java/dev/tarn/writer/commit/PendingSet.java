package dev.tarn.writer.commit;

import dev.tarn.common.TarnException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A set that waits for its ending, which it gets exactly once. Ended by the committer's thread only. */
final class PendingSet {
    private static final Logger LOG = LoggerFactory.getLogger(PendingSet.class);

    private final CommitSet set;
    private final CompletableFuture<CommitResult> future = new CompletableFuture<>();
    private boolean ended;

    PendingSet(CommitSet set) {
        this.set = set;
    }

    CommitSet set() {
        return set;
    }

    CompletableFuture<CommitResult> future() {
        return future;
    }

    void committed(CommitResult result) {
        if (end()) {
            future.complete(result);
        }
    }

    /** Somebody else's commit has the work: the files of the set are not needed. */
    void repeated(CommitResult result, boolean mayHaveHappened) {
        if (end()) {
            tellOwner(mayHaveHappened);
            future.complete(result);
        }
    }

    void failed(TarnException failure, boolean mayHaveHappened) {
        if (end()) {
            tellOwner(mayHaveHappened);
            future.completeExceptionally(failure);
        }
    }

    void unknown(TarnException failure) {
        failed(failure, true);
    }

    private boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private void tellOwner(boolean mayHaveHappened) {
        try {
            if (mayHaveHappened) {
                set.owner().uncertain();
            } else {
                set.owner().unused();
            }
        } catch (RuntimeException e) {
            LOG.warn("Could not clear away the files of a commit that did not happen; orphan cleanup will", e);
        }
    }
}
