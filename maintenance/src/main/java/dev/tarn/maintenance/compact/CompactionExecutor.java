package dev.tarn.maintenance.compact;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Carries out a compaction plan. Every output is verified before the commit; a commit that meets a concurrent change
 * rewrites only the groups that the change touched. When a run fails its own files are deleted, except after an unknown
 * outcome, when nothing is. Safe to overlap with writers and with itself. Thread-safe.
 */
public final class CompactionExecutor {
    private CompactionExecutor() {}

    /**
     * Rewrites the plan's groups and commits them.
     *
     * @param options the options the plan was made with
     * @throws TarnException CONFLICT if the plan's snapshot is gone or other writers always came first (nothing of the
     *     failed groups was changed), UNKNOWN_OUTCOME if the answer to a commit was lost
     */
    public static CompactionResult run(
            Table table, CompactionPlan plan, CompactionOptions options, MaintenanceProgress progress) {
        List<CompactionGroup> work = plan.work();
        if (work.isEmpty()) {
            return CompactionResult.nothingToDo(plan.tableName());
        }
        Snapshot start = table.snapshot(plan.snapshotId());
        if (start == null) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Cannot compact %s: the planned snapshot %d is not in the table any more; plan again"
                            .formatted(plan.tableName(), plan.snapshotId()));
        }
        return run(new CompactionRun(table, options), plan, start, progress);
    }

    private static CompactionResult run(
            CompactionRun run, CompactionPlan plan, Snapshot start, MaintenanceProgress progress) {
        List<CompactionGroup> work = plan.work();
        Set<String> inputs = new HashSet<>();
        work.forEach(group -> group.inputs().forEach(input -> inputs.add(input.location())));
        run.loadInputs(start, inputs);
        int failed = 0;
        TarnException first = null;
        for (List<CompactionGroup> batch : batches(work, run.options())) {
            int committedBefore = run.committedGroups();
            try {
                run.rewriteAndCommit(batch, start);
                progress.report("groups", run.committedGroups(), work.size());
            } catch (TarnException e) {
                if (e.kind() == ErrorKind.UNKNOWN_OUTCOME) {
                    throw e;
                }
                failed += batch.size() - (run.committedGroups() - committedBefore);
                first = first == null ? e : first;
            }
        }
        // What is committed stays: only a run that changed nothing may end as a failure that changed nothing.
        if (first != null && run.committedGroups() == 0) {
            throw first;
        }
        run.removeDanglingDeletes();
        return run.result(
                first == null ? MaintenanceStatus.DONE : MaintenanceStatus.PARTIAL,
                plan.tableName(),
                failed,
                first == null ? "" : String.valueOf(first.getMessage()));
    }

    private static List<List<CompactionGroup>> batches(List<CompactionGroup> work, CompactionOptions options) {
        if (!options.partialProgress()) {
            return List.of(work);
        }
        int perCommit = (work.size() + options.maxCommits() - 1) / options.maxCommits();
        List<List<CompactionGroup>> batches = new ArrayList<>();
        for (int from = 0; from < work.size(); from += perCommit) {
            batches.add(work.subList(from, Math.min(from + perCommit, work.size())));
        }
        return batches;
    }
}
