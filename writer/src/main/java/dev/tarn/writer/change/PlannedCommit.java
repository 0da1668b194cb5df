package dev.tarn.writer.change;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.SnapshotCommit;
import dev.tarn.writer.files.FileCleanup;
import java.util.function.Supplier;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans a change and commits it, anew for each snapshot that others put in between, and sees to the files at the end. */
final class PlannedCommit {
    private static final Logger LOG = LoggerFactory.getLogger(PlannedCommit.class);

    private PlannedCommit() {}

    /** What is left to do with files that outlive an attempt. */
    interface Ending {
        /** The plan is in the table. */
        void committed(PlannedChange plan, CommitResult result);

        /** Nothing is in the table, for certain. */
        void abort();
    }

    static ChangeResult run(
            Table table,
            CommitRequest request,
            Supplier<PlannedChange> planner,
            Ending ending,
            long rowsAdded,
            int dataFiles) {
        try {
            ChangeResult result = Replanning.run(() -> attempt(table, request, planner, ending, rowsAdded, dataFiles));
            if (result.commit().alreadyCommitted()) {
                ending.abort();
            }
            return result;
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                ending.abort();
            }
            throw e;
        } catch (RuntimeException e) {
            // Commits fail with typed errors only, so this one failed before.
            ending.abort();
            throw e;
        }
    }

    private static ChangeResult attempt(
            Table table,
            CommitRequest request,
            Supplier<PlannedChange> planner,
            Ending ending,
            long rowsAdded,
            int dataFiles) {
        PlannedChange plan = planner.get();
        CommitResult commit;
        try {
            commit = SnapshotCommit.run(table, plan.update(), request);
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                FileCleanup.delete(table.io(), plan.attemptFiles());
            }
            throw e;
        }
        if (commit.alreadyCommitted()) {
            FileCleanup.delete(table.io(), plan.attemptFiles());
            return new ChangeResult(commit, 0, 0, 0, 0, 0);
        }
        cleanUp(table, () -> ending.committed(plan, commit));
        return new ChangeResult(
                commit, rowsAdded, plan.rowsDeleted(), dataFiles, plan.deleteFilesAdded(), plan.bytesAdded());
    }

    /** The commit stands: whatever fails now must not look like a failed commit, whose files would be deleted. */
    private static void cleanUp(Table table, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("A commit to table {} is done, but cleaning up after it failed", table.name(), e);
        }
    }
}
