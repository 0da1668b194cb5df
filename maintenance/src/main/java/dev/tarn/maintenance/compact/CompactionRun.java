package dev.tarn.maintenance.compact;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.writer.commit.ProducerTokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.actions.RemoveDanglingDeleteFilesAction;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of one run: what was read at the start and what has been committed. Not thread-safe. */
final class CompactionRun {
    /** Rewriting costs much more than committing, so that a table which changes this often is left for a calmer hour. */
    private static final int MAX_COMMIT_ATTEMPTS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(CompactionRun.class);

    private final Table table;
    private final CompactionOptions options;
    private final RowRewriter rewriter;
    private final Map<String, FileScanTask> inputs = new HashMap<>();
    private final List<Long> commits = new ArrayList<>();
    private int committedGroups;
    private int rewrittenFiles;
    private long rewrittenBytes;
    private int addedFiles;
    private long addedBytes;
    private int removedDeleteFiles;

    CompactionRun(Table table, CompactionOptions options) {
        this.table = table;
        this.options = options;
        this.rewriter = new RowRewriter(table, options);
    }

    CompactionOptions options() {
        return options;
    }

    int committedGroups() {
        return committedGroups;
    }

    /** Finds the planned files in the planned snapshot. Refuses a plan that names others. */
    void loadInputs(Snapshot start, Set<String> locations) {
        inputs.putAll(SnapshotFiles.tasks(table, start.snapshotId(), locations::contains));
        if (inputs.size() != locations.size()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Cannot compact %s: the plan names %d files but snapshot %d has %d of them; plan again"
                            .formatted(table.name(), locations.size(), start.snapshotId(), inputs.size()));
        }
    }

    /** Rewrites and commits groups; what is not committed in the end is deleted, unless the outcome is unknown. */
    void rewriteAndCommit(List<CompactionGroup> groups, Snapshot start) {
        List<RewrittenGroup> pending = new ArrayList<>();
        try {
            for (CompactionGroup group : groups) {
                List<FileScanTask> tasks = group.inputs().stream()
                        .map(input -> inputs.get(input.location()))
                        .toList();
                pending.add(rewriter.rewrite(group, tasks, start));
            }
            commitAll(pending);
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                deleteOutputs(pending, e);
            }
            throw e;
        } catch (RuntimeException e) {
            deleteOutputs(pending, e);
            throw e;
        }
    }

    /** Drops delete files that no data file of the branch needs. A table that moves on meanwhile keeps them for now. */
    void removeDanglingDeletes() {
        try {
            table.refresh();
            RemoveDanglingDeleteFilesAction action =
                    new RemoveDanglingDeleteFilesAction(table).toBranch(options.branch());
            Snapshot tip = table.snapshot(options.branch());
            if (tip != null) {
                ProducerTokens.summaryOf(SnapshotUtil.ancestorsOf(tip.snapshotId(), table::snapshot))
                        .forEach(action::set);
            }
            for (DeleteFile removed : action.execute().removedDeleteFiles()) {
                LOG.debug("Delete file {} of {} was not needed any more", removed.location(), table.name());
                removedDeleteFiles++;
            }
        } catch (RuntimeException e) {
            LOG.warn("Kept delete files of {} that may not be needed: {}", table.name(), e.getMessage(), e);
        }
    }

    CompactionResult result(MaintenanceStatus status, String tableName, int failedGroups, String failure) {
        return new CompactionResult(
                status,
                tableName,
                commits,
                rewrittenFiles,
                rewrittenBytes,
                addedFiles,
                addedBytes,
                removedDeleteFiles,
                failedGroups,
                failure);
    }

    private void commitAll(List<RewrittenGroup> pending) {
        RewriteCommit commit = new RewriteCommit(table, options);
        for (int attempt = 1; !pending.isEmpty(); attempt++) {
            List<RewrittenGroup> sameStart = firstWithSameStart(pending);
            try {
                RewriteCommit.Committed committed = commit.commit(sameStart);
                pending.removeAll(sameStart);
                record(sameStart, committed);
            } catch (RewriteCommit.Conflict e) {
                if (attempt >= MAX_COMMIT_ATTEMPTS) {
                    throw new TarnException(
                            ErrorKind.CONFLICT,
                            "Compaction of %s gave up after %d attempts because other writers came first: %s"
                                    .formatted(table.name(), attempt, e.getMessage()),
                            e);
                }
                LOG.info("Compaction of {} met a concurrent change: {}", table.name(), e.getMessage());
                rewriteWhatChanged(pending);
            }
        }
    }

    private static List<RewrittenGroup> firstWithSameStart(List<RewrittenGroup> pending) {
        Map<Long, List<RewrittenGroup>> byStart = pending.stream()
                .collect(Collectors.groupingBy(
                        group -> group.start().snapshotId(), LinkedHashMap::new, Collectors.toList()));
        return List.copyOf(byStart.values().iterator().next());
    }

    /** Leaves groups that still fit, and reads the others again from the newest snapshot. */
    private void rewriteWhatChanged(List<RewrittenGroup> pending) {
        table.refresh();
        Snapshot head = SnapshotFiles.head(table, options.branch());
        if (head == null) {
            throw new TarnException(
                    ErrorKind.CONFLICT, "Cannot compact %s: its branch was emptied meanwhile".formatted(table.name()));
        }
        Set<String> wanted = new HashSet<>();
        pending.forEach(
                group -> group.inputs().forEach(input -> wanted.add(input.file().location())));
        Map<String, FileScanTask> live = SnapshotFiles.tasks(table, head.snapshotId(), wanted::contains);
        List<RewrittenGroup> outdated = pending.stream()
                .filter(group -> !group.isUpToDate(live, !options.useStartingSequenceNumber()))
                .toList();
        // If every group still fits, the commit would lose equality deletes or lost a race too often: only a newer
        // start
        // can help against the first and does no harm against the second.
        List<RewrittenGroup> again = outdated.isEmpty() ? List.copyOf(pending) : outdated;
        for (RewrittenGroup group : again) {
            pending.remove(group);
            deleteOutputs(List.of(group), new TarnException(ErrorKind.CONFLICT, "outputs are out of date"));
            List<FileScanTask> remaining = group.inputs().stream()
                    .map(input -> live.get(input.file().location()))
                    .filter(task -> task != null)
                    .toList();
            if (!remaining.isEmpty()) {
                pending.add(rewriter.rewrite(group.group(), remaining, head));
            }
        }
    }

    private void record(List<RewrittenGroup> groups, RewriteCommit.Committed committed) {
        commits.add(committed.snapshotId());
        committedGroups += groups.size();
        removedDeleteFiles += committed.removedDeleteFiles();
        for (RewrittenGroup group : groups) {
            rewrittenFiles += group.inputs().size();
            rewrittenBytes += group.inputs().stream()
                    .mapToLong(input -> input.file().fileSizeInBytes())
                    .sum();
            addedFiles += group.outputs().size();
            addedBytes += group.outputs().stream()
                    .mapToLong(DataFile::fileSizeInBytes)
                    .sum();
        }
    }

    private void deleteOutputs(List<RewrittenGroup> groups, RuntimeException because) {
        groups.forEach(group -> OwnOutputs.delete(
                table.io(), group.outputs().stream().map(DataFile::location).toList(), because));
    }
}
