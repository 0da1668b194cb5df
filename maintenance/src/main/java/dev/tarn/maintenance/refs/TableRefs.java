package dev.tarn.maintenance.refs;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Changes the refs of a table, each call in one commit, and moves its main branch. No file is deleted: snapshots that no ref
 * reaches any more stay until they are expired. Not thread-safe, as the table is refreshed.
 */
public final class TableRefs {
    /** Summary key of a snapshot that is staged under an id. */
    private static final String WAP_ID = "wap.id";

    private final Table table;

    private TableRefs(Table table) {
        this.table = table;
    }

    /** Those of a table, which is refreshed at the begin of every call. */
    public static TableRefs of(Table table) {
        return new TableRefs(table);
    }

    /** What happens to a ref that exists already. */
    public enum IfPresent {
        /** The call is refused with ALREADY_EXISTS. */
        REFUSE,
        /** It stays as it is. */
        KEEP,
        /** It is set to the snapshot. */
        REPLACE
    }

    /**
     * Where a ref is set.
     *
     * @param snapshotId exactly this one
     * @param ref the newest snapshot of a branch, or a tag
     * @param asOf the snapshot that main had then
     */
    public record Target(Optional<Long> snapshotId, Optional<String> ref, Optional<Instant> asOf) {
        /** Refuses more than one way to name a snapshot. */
        public Target {
            int given = (snapshotId.isPresent() ? 1 : 0) + (ref.isPresent() ? 1 : 0) + (asOf.isPresent() ? 1 : 0);
            if (given > 1) {
                throw new TarnException(
                        ErrorKind.INVALID, "Give a snapshot id, a ref or a time, but not %d of them".formatted(given));
            }
        }

        /** The current snapshot of main. */
        public static Target current() {
            return new Target(Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * Makes or sets a branch.
     *
     * @return the snapshot that the branch has now
     * @throws TarnException ALREADY_EXISTS, NOT_FOUND for an unknown target, INVALID if a tag has the name, CONFLICT
     */
    public long branch(String name, Target target, IfPresent ifPresent, Retention retention) {
        table.refresh();
        Optional<SnapshotRef> existing = existing(name, true, ifPresent);
        if (existing.isPresent() && ifPresent == IfPresent.KEEP) {
            return existing.get().snapshotId();
        }
        long snapshotId = resolve(target);
        commit("set branch " + name, update -> {
            if (existing.isPresent()) {
                update.replaceBranch(name, snapshotId);
            } else {
                update.createBranch(name, snapshotId);
            }
            retention.maxRefAge().ifPresent(age -> update.setMaxRefAgeMs(name, age.toMillis()));
            retention.minSnapshotsToKeep().ifPresent(count -> update.setMinSnapshotsToKeep(name, count));
            retention.maxSnapshotAge().ifPresent(age -> update.setMaxSnapshotAgeMs(name, age.toMillis()));
        });
        return snapshotId;
    }

    /**
     * Makes or sets a tag.
     *
     * @return the snapshot that the tag has now
     * @throws TarnException as {@link #branch}; INVALID also for a rule that only branches have
     */
    public long tag(String name, Target target, IfPresent ifPresent, Retention retention) {
        if (retention.minSnapshotsToKeep().isPresent()
                || retention.maxSnapshotAge().isPresent()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "A tag holds one snapshot: only its own age can be limited, not that of snapshots");
        }
        table.refresh();
        Optional<SnapshotRef> existing = existing(name, false, ifPresent);
        if (existing.isPresent() && ifPresent == IfPresent.KEEP) {
            return existing.get().snapshotId();
        }
        long snapshotId = resolve(target);
        commit("set tag " + name, update -> {
            if (existing.isPresent()) {
                update.replaceTag(name, snapshotId);
            } else {
                update.createTag(name, snapshotId);
            }
            retention.maxRefAge().ifPresent(age -> update.setMaxRefAgeMs(name, age.toMillis()));
        });
        return snapshotId;
    }

    /**
     * Removes a branch or tag.
     *
     * @throws TarnException NOT_FOUND with the nearest name, REFUSED for main
     */
    public void drop(String name) {
        table.refresh();
        if (name.equals(SnapshotRef.MAIN_BRANCH)) {
            throw new TarnException(
                    ErrorKind.REFUSED, "Branch main of table %s cannot be dropped".formatted(table.name()));
        }
        SnapshotRef ref = require(name);
        commit("drop " + name, update -> {
            if (ref.isBranch()) {
                update.removeBranch(name);
            } else {
                update.removeTag(name);
            }
        });
    }

    /**
     * Moves a branch forward to another ref that descends from it.
     *
     * @return the snapshot that the branch has now
     * @throws TarnException NOT_FOUND, CONFLICT if the branch has snapshots that the other lacks
     */
    public long fastForward(String branch, String to) {
        table.refresh();
        SnapshotRef target = require(to);
        SnapshotRef from = require(branch);
        if (!SnapshotUtil.isAncestorOf(table, target.snapshotId(), from.snapshotId())) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Branch %s of table %s cannot move forward to %s: its snapshot %d is no ancestor of %d; cherry-pick instead"
                            .formatted(branch, table.name(), to, from.snapshotId(), target.snapshotId()));
        }
        commit("fast-forward " + branch, update -> update.fastForwardBranch(branch, to));
        return target.snapshotId();
    }

    /**
     * Applies the changes of a snapshot that is not on main to main.
     *
     * @return the snapshot that main has now
     * @throws TarnException NOT_FOUND, CONFLICT if main has changes that do not go with it or has it already
     */
    public long cherryPick(long snapshotId) {
        table.refresh();
        requireSnapshot(snapshotId);
        commit("cherry-pick " + snapshotId, update -> update.cherrypick(snapshotId));
        return currentId();
    }

    /**
     * Publishes the snapshot that was staged under an id ({@code wap.id}).
     *
     * @return the snapshot that main has now
     * @throws TarnException NOT_FOUND if none is staged under the id, CONFLICT
     */
    public long publish(String wapId) {
        table.refresh();
        for (Snapshot snapshot : table.snapshots()) {
            if (wapId.equals(snapshot.summary().get(WAP_ID))) {
                return cherryPick(snapshot.snapshotId());
            }
        }
        throw new TarnException(
                ErrorKind.NOT_FOUND, "Table %s has no snapshot staged under '%s'".formatted(table.name(), wapId));
    }

    /**
     * Sets main back to one of its ancestors.
     *
     * @return the snapshot that main has now
     * @throws TarnException NOT_FOUND, CONFLICT if the snapshot is no ancestor of main
     */
    public long rollback(Target target) {
        table.refresh();
        long snapshotId = resolve(target);
        if (!SnapshotUtil.isAncestorOf(table, snapshotId)) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Snapshot %d is no ancestor of the current snapshot %d of table %s; set it as current instead"
                            .formatted(snapshotId, currentId(), table.name()));
        }
        commit("roll back", update -> update.rollbackTo(snapshotId));
        return snapshotId;
    }

    /**
     * Sets main to any snapshot of the table.
     *
     * @return the snapshot that main has now
     * @throws TarnException NOT_FOUND, CONFLICT
     */
    public long setCurrent(Target target) {
        table.refresh();
        long snapshotId = resolve(target);
        commit("set the current snapshot", update -> update.setCurrentSnapshot(snapshotId));
        return snapshotId;
    }

    private Optional<SnapshotRef> existing(String name, boolean branch, IfPresent ifPresent) {
        SnapshotRef ref = table.refs().get(name);
        if (ref == null) {
            return Optional.empty();
        }
        if (ref.isBranch() != branch) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "'%s' is a %s of table %s".formatted(name, ref.isBranch() ? "branch" : "tag", table.name()));
        }
        if (ifPresent == IfPresent.REFUSE) {
            throw new TarnException(
                    ErrorKind.ALREADY_EXISTS,
                    "Table %s has '%s' already; replace it, or keep it if present".formatted(table.name(), name));
        }
        return Optional.of(ref);
    }

    private long resolve(Target target) {
        if (target.snapshotId().isPresent()) {
            return requireSnapshot(target.snapshotId().get()).snapshotId();
        }
        if (target.ref().isPresent()) {
            return require(target.ref().get()).snapshotId();
        }
        if (target.asOf().isPresent()) {
            return asOf(target.asOf().get());
        }
        return currentId();
    }

    private long asOf(Instant time) {
        long found = -1;
        long newest = Long.MIN_VALUE;
        // The log may be unsorted; of entries of one millisecond the last counts.
        for (HistoryEntry entry : table.history()) {
            if (entry.timestampMillis() <= time.toEpochMilli() && entry.timestampMillis() >= newest) {
                found = entry.snapshotId();
                newest = entry.timestampMillis();
            }
        }
        if (found == -1 || table.snapshot(found) == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s had no snapshot at %s, or it has been expired".formatted(table.name(), time));
        }
        return found;
    }

    private long currentId() {
        Snapshot current = table.currentSnapshot();
        if (current == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "Table %s has no snapshot yet; write to it first".formatted(table.name()));
        }
        return current.snapshotId();
    }

    private Snapshot requireSnapshot(long snapshotId) {
        Snapshot snapshot = table.snapshot(snapshotId);
        if (snapshot == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s has no snapshot %d; 'tarn table snapshots' lists them"
                            .formatted(table.name(), snapshotId));
        }
        return snapshot;
    }

    private SnapshotRef require(String name) {
        SnapshotRef ref = table.refs().get(name);
        if (ref == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s has no branch or tag '%s'%s"
                            .formatted(
                                    table.name(),
                                    name,
                                    NearestName.hint(name, table.refs().keySet())));
        }
        return ref;
    }

    private void commit(String what, Consumer<ManageSnapshots> change) {
        try {
            ManageSnapshots update = table.manageSnapshots();
            change.accept(update);
            update.commit();
        } catch (CommitFailedException | ValidationException e) {
            throw new TarnException(
                    ErrorKind.CONFLICT, "Cannot %s of table %s: %s".formatted(what, table.name(), e.getMessage()), e);
        } catch (RuntimeException e) {
            if (e instanceof CleanableFailure || e instanceof IllegalArgumentException) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Cannot %s of table %s: %s".formatted(what, table.name(), e.getMessage()),
                        e);
            }
            throw new TarnException(
                    ErrorKind.UNKNOWN_OUTCOME,
                    "It is not known whether table %s was changed (%s): look at its refs before trying again"
                            .formatted(table.name(), what),
                    e);
        }
        table.refresh();
    }
}
