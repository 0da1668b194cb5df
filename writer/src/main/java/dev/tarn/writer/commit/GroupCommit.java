package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.RetryPolicy;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits some sets, together where that can be: neighbouring appends become one snapshot, changes of rows one each. Sets
 * whose tokens are refused are left out before anything is written; when the table refuses the files of a group, the group
 * is halved until the bad set is alone. Errors that may pass are tried again until the deadline. Confined to one thread.
 */
final class GroupCommit {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /** Attempts are bounded by the deadline; the pauses keep a catalog in trouble from being flooded. */
    private static final RetryPolicy PAUSES =
            new RetryPolicy(Integer.MAX_VALUE, Duration.ofMillis(50), Duration.ofSeconds(5));

    private final Table table;
    private final UUID tableId;
    private final String branch;
    private final Duration deadline;

    GroupCommit(Table table, UUID tableId, String branch, Duration deadline) {
        this.table = table;
        this.tableId = tableId;
        this.branch = branch;
        this.deadline = deadline;
    }

    String tableName() {
        return table.name();
    }

    /** Ends every set. Returns how many snapshots were made. */
    int commit(List<PendingSet> sets) {
        int snapshots = 0;
        int from = 0;
        while (from < sets.size()) {
            int to = from + 1;
            if (mayShare(sets.get(from))) {
                while (to < sets.size() && mayShare(sets.get(to))) {
                    to++;
                }
            }
            snapshots += commitTogether(sets.subList(from, to), List.of());
            from = to;
        }
        return snapshots;
    }

    private static boolean isAppend(PendingSet set) {
        return set.set().change().isEmpty();
    }

    /** Checks look at the history of the table, so they would not see the other sets of the same commit. */
    private static boolean mayShare(PendingSet set) {
        return isAppend(set) && set.set().request().checks().isEmpty();
    }

    private int commitTogether(List<PendingSet> sets, List<String> earlierIds) {
        List<PendingSet> left = new ArrayList<>(sets);
        CommitAttempts attempts = new CommitAttempts(table, tableId, branch, earlierIds);
        long end = System.nanoTime() + deadline.toNanos();
        for (int failed = 1; ; failed++) {
            try {
                CommitResult result = attempts.run(update(left), requests(left));
                end(left, result, attempts.mayHaveHappened());
                return result.alreadyCommitted() ? 0 : 1;
            } catch (PartsRefusedException e) {
                left = leaveOut(left, e, attempts.mayHaveHappened());
                if (left.isEmpty()) {
                    return 0;
                }
            } catch (TarnException e) {
                if (!mayPass(e, left) || System.nanoTime() >= end) {
                    return giveUp(left, e, attempts);
                }
                LOG.info("Trying the commit to table {} again: {}", table.name(), e.getMessage());
                pause(PAUSES.pauseAfter(failed));
            }
        }
    }

    private static Function<Table, SnapshotUpdate<?>> update(List<PendingSet> sets) {
        CommitSet first = sets.get(0).set();
        return first.change().orElse(target -> {
            AppendFiles append = target.newFastAppend();
            sets.forEach(set -> set.set().files().forEach(append::appendFile));
            return append;
        });
    }

    private static List<CommitRequest> requests(List<PendingSet> sets) {
        return sets.stream().map(set -> set.set().request()).toList();
    }

    private static void end(List<PendingSet> sets, CommitResult result, boolean mayHaveHappened) {
        for (PendingSet set : sets) {
            if (result.alreadyCommitted()) {
                set.repeated(result, mayHaveHappened);
            } else {
                set.committed(result);
            }
        }
    }

    private List<PendingSet> leaveOut(List<PendingSet> sets, PartsRefusedException verdicts, boolean mayHaveHappened) {
        List<PendingSet> left = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            PartsRefusedException.Part part = verdicts.parts().get(i);
            PendingSet set = sets.get(i);
            if (part.isFresh()) {
                left.add(set);
            } else if (part.verdict() == TokenCheck.Verdict.ALREADY_COMMITTED) {
                set.repeated(new CommitResult(SnapshotCommit.newestSnapshotId(table, branch), true), mayHaveHappened);
            } else {
                set.failed(part.refusal(), mayHaveHappened);
            }
        }
        return left;
    }

    /** Whether the same attempt may succeed later. */
    private static boolean mayPass(TarnException failure, List<PendingSet> sets) {
        return switch (failure.kind()) {
            case UNKNOWN_OUTCOME, UNAVAILABLE, OVERLOADED -> true;
            // Refusals of the token rule have no cause; those of the catalog, and changed files, do.
            case CONFLICT ->
                failure.getCause() != null && !(failure instanceof ReplanException && isAppend(sets.get(0)));
            case INVALID, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, ALREADY_EXISTS, DEADLINE -> false;
            case CANCELLED, UNSUPPORTED, CORRUPT, REFUSED, LOCKED, INTERNAL -> false;
        };
    }

    /** Ends the sets, or halves them if that may save some. */
    private int giveUp(List<PendingSet> sets, TarnException failure, CommitAttempts attempts) {
        boolean oneIsBad = failure.kind() == ErrorKind.INVALID || failure instanceof ReplanException;
        if (oneIsBad && sets.size() > 1) {
            LOG.info("Halving a commit of {} sets to table {}: {}", sets.size(), table.name(), failure.getMessage());
            List<String> ids = attempts.mayHaveHappened() ? attempts.ids() : List.of();
            int middle = sets.size() / 2;
            return commitTogether(sets.subList(0, middle), ids)
                    + commitTogether(sets.subList(middle, sets.size()), ids);
        }
        for (PendingSet set : sets) {
            set.failed(ending(failure, attempts.mayHaveHappened()), attempts.mayHaveHappened());
        }
        return 0;
    }

    /** A failure after an attempt with a lost answer says nothing about that attempt. */
    private TarnException ending(TarnException failure, boolean mayHaveHappened) {
        if (!mayHaveHappened || failure.kind() == ErrorKind.UNKNOWN_OUTCOME) {
            return failure;
        }
        return new TarnException(
                ErrorKind.UNKNOWN_OUTCOME,
                "An earlier attempt may have reached table %s before this: %s"
                        .formatted(table.name(), failure.getMessage()),
                failure);
    }

    private static void pause(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            // The deadline still ends the attempts, and only they can tell how the commit ended.
            LOG.debug("Interrupted between two attempts", e);
        }
    }
}
