package dev.tarn.writer.commit;

import dev.tarn.common.TarnException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Commits one snapshot with Iceberg's own retry and says how it ended: done, failed (an exception of any kind but
 * UNKNOWN_OUTCOME; the files of the commit may be deleted) or unknown (UNKNOWN_OUTCOME; they may not). Tokens and load
 * history are checked inside the retry, against the snapshot that the new one will follow. Thread-safe.
 */
public final class SnapshotCommit {
    /** Summary key of the random id by which a commit is recognised when its answer was lost. */
    public static final String COMMIT_ID_KEY = "tarn.commit-id";

    private SnapshotCommit() {}

    /**
     * Commits an update.
     *
     * @param update makes the update from the table that it is given, which may be a transaction on the table
     * @throws ReplanException if the files that the update rests on were changed
     * @throws TarnException CONFLICT if others were faster in every attempt or the token's epoch is stale,
     *     UNKNOWN_OUTCOME if the answer was lost, FORBIDDEN, NOT_FOUND
     */
    public static CommitResult run(Table table, Function<Table, SnapshotUpdate<?>> update, CommitRequest request) {
        return new CommitAttempts(table, table.uuid(), request.branch(), List.of()).run(update, List.of(request));
    }

    /**
     * Whether the work of a token is in the table already, before any of it is done again.
     *
     * @return the newest snapshot of the branch if it is
     * @throws TarnException CONFLICT if a later epoch of the producer has committed
     */
    public static OptionalLong findCommitted(Table table, String branch, ProducerToken token) {
        return TokenCheck.isCommitted(table.name(), ProducerTokens.of(table, branch), token)
                ? OptionalLong.of(newestSnapshotId(table, branch))
                : OptionalLong.empty();
    }

    static long newestSnapshotId(Table table, String branch) {
        Snapshot snapshot = table.snapshot(branch);
        if (snapshot == null) {
            throw new IllegalStateException("Branch " + branch + " of table " + table.name() + " has no snapshot");
        }
        return snapshot.snapshotId();
    }

    static Iterable<Snapshot> ancestors(Table table, String branch) {
        Snapshot snapshot = table.snapshot(branch);
        return snapshot == null ? List.of() : SnapshotUtil.ancestorsOf(snapshot.snapshotId(), table::snapshot);
    }
}
