package dev.tarn.maintenance.expire;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.internal.FileDeleter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out an expiry plan: journal, then metadata, then (after the grace period) files that a second look at the table
 * finds unreachable. Iceberg's own file clean-up is never used. Safe to overlap with writers and with itself, and to run
 * again after a crash: each run first finishes the journals that are due. Thread-safe.
 */
public final class ExpiryExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryExecutor.class);

    private final Clock clock;

    /** Goes by the system's clock. */
    public ExpiryExecutor() {
        this(Clock.systemUTC());
    }

    /** Goes by the given clock when it asks whether a grace period is over. */
    public ExpiryExecutor(Clock clock) {
        this.clock = clock;
    }

    /**
     * Expires the plan's snapshots and deletes files.
     *
     * @throws TarnException REFUSED if the table forbids deletion, CONFLICT if a snapshot got a ref meanwhile, CORRUPT or
     *     UNAVAILABLE if a file cannot be read (nothing was deleted), UNKNOWN_OUTCOME if the answer to the commit was
     *     lost (nothing was deleted; the journal tells the next run)
     */
    public ExpiryResult run(Table table, ExpiryPlan plan, ExpiryOptions options, MaintenanceProgress progress) {
        table.refresh();
        ExpiryPlanner.refuseIfForbidden(table);
        if (!plan.isEmpty()) {
            expireMetadata(table, plan, options);
        }
        return finishJournals(table, options, progress, plan.isEmpty() ? List.of() : plan.snapshotIds());
    }

    /** Finishes journals that earlier runs left, without expiring anything. */
    public ExpiryResult resume(Table table, ExpiryOptions options, MaintenanceProgress progress) {
        table.refresh();
        ExpiryPlanner.refuseIfForbidden(table);
        return finishJournals(table, options, progress, List.of());
    }

    private void expireMetadata(Table table, ExpiryPlan plan, ExpiryOptions options) {
        Set<Long> going = new HashSet<>(plan.snapshotIds());
        going.removeIf(id -> table.snapshot(id) == null);
        List<TableFile> candidates = new ReachableFiles(table).onlyIn(going);
        Instant deleteNotBefore = clock.instant().plus(options.deleteGrace());
        DeletionJournal journal =
                DeletionJournal.create(options.journalFolder(), table, deleteNotBefore, List.copyOf(going), candidates);
        // Age zero keeps every snapshot that the plan does not name.
        ExpireSnapshots expire = table.expireSnapshots()
                .cleanupLevel(ExpireSnapshots.CleanupLevel.NONE)
                .cleanExpiredMetadata(options.cleanExpiredMetadata())
                .expireOlderThan(0);
        going.forEach(expire::expireSnapshotId);
        try {
            expire.commit();
        } catch (IllegalArgumentException | CommitFailedException e) {
            journal.remove();
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Nothing of %s was expired: %s; plan again".formatted(table.name(), e.getMessage()),
                    e);
        } catch (RuntimeException e) {
            if (e instanceof CleanableFailure) {
                journal.remove();
                throw e;
            }
            throw new TarnException(
                    ErrorKind.UNKNOWN_OUTCOME,
                    "It is not known whether snapshots of %s were expired; no file was deleted, and the next run looks again"
                            .formatted(table.name()),
                    e);
        }
    }

    private ExpiryResult finishJournals(
            Table table, ExpiryOptions options, MaintenanceProgress progress, List<Long> expired) {
        List<DeletionJournal> due = new ArrayList<>();
        Map<String, TableFile> proposed = new LinkedHashMap<>();
        long waiting = 0;
        table.refresh();
        for (DeletionJournal journal : DeletionJournal.ofTable(options.journalFolder(), table)) {
            // A journal whose snapshots are still there belongs to a run that has not committed yet, or never will: its
            // files are needed, and it is due once its snapshots have gone.
            boolean isCommitted = journal.snapshotIds().stream().allMatch(id -> table.snapshot(id) == null);
            if (isCommitted && !clock.instant().isBefore(journal.deleteNotBefore())) {
                due.add(journal);
                journal.files().forEach(file -> proposed.put(file.identity(), file));
            } else {
                waiting += journal.files().size();
            }
        }
        // The second look: whatever was added or brought back since the journals were written stays.
        List<TableFile> unreachable =
                proposed.isEmpty() ? List.of() : new ReachableFiles(table).unreachable(proposed.values());
        long failed = new FileDeleter(table.io(), options.maxDeletesPerSecond())
                .delete(unreachable.stream().map(TableFile::location).toList(), progress);
        if (failed == 0) {
            due.forEach(DeletionJournal::remove);
        }
        long deleted = unreachable.size() - failed;
        long kept = (long) proposed.size() - unreachable.size();
        long bytes = unreachable.stream().mapToLong(TableFile::bytes).sum();
        LOG.info("Deleted {} files of {}; {} failed, {} wait", deleted, table.name(), failed, waiting);
        boolean didNothing = expired.isEmpty() && deleted == 0 && failed == 0;
        MaintenanceStatus status = didNothing
                ? MaintenanceStatus.NOTHING_TO_DO
                : failed > 0 ? MaintenanceStatus.PARTIAL : MaintenanceStatus.DONE;
        return new ExpiryResult(status, table.name(), expired, deleted, bytes, kept, failed, waiting);
    }
}
