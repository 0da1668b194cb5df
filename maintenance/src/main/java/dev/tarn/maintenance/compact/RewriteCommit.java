package dev.tarn.maintenance.compact;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.LandedCommits;
import dev.tarn.writer.commit.ProducerTokens;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.DeleteFileSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replaces the inputs of rewritten groups by their outputs in one snapshot. Not thread-safe. */
final class RewriteCommit {
    /** Names the commit in the snapshot summary, so that a commit whose answer was lost can be found. */
    static final String COMMIT_ID = "tarn.commit-id";

    private static final Logger LOG = LoggerFactory.getLogger(RewriteCommit.class);

    private final Table table;
    private final CompactionOptions options;

    RewriteCommit(Table table, CompactionOptions options) {
        this.table = table;
        this.options = options;
    }

    /** What a commit did to the table. */
    record Committed(long snapshotId, int removedDeleteFiles) {}

    /** Somebody else changed the table so that the outputs no longer fit; nothing was changed by this commit. */
    static final class Conflict extends Exception {
        private static final long serialVersionUID = 1L;

        Conflict(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Commits groups that were read from the same snapshot.
     *
     * @throws Conflict if the table has moved on; the groups have to be looked at again
     * @throws TarnException with {@link ErrorKind#UNKNOWN_OUTCOME} if it is not known whether the commit took place
     */
    Committed commit(List<RewrittenGroup> groups) throws Conflict {
        Snapshot start = groups.get(0).start();
        String commitId = UUID.randomUUID().toString();
        DeleteFileSet obsoleteDeletes = obsoleteDeletes(groups);
        RewriteFiles rewrite = prepare(groups, start, obsoleteDeletes).set(COMMIT_ID, commitId);
        try {
            rewrite.commit();
        } catch (ValidationException | CommitFailedException e) {
            throw new Conflict(e);
        } catch (RuntimeException e) {
            if (e instanceof CleanableFailure) {
                throw e;
            }
            LOG.warn("Lost the answer to a compaction commit of {}; looking for it", table.name(), e);
            return new Committed(findAfterLostAnswer(commitId, e), obsoleteDeletes.size());
        }
        return new Committed(find(commitId), obsoleteDeletes.size());
    }

    private RewriteFiles prepare(List<RewrittenGroup> groups, Snapshot start, DeleteFileSet obsoleteDeletes) {
        RewriteFiles rewrite = LandedCommits.guard(table)
                .newRewrite()
                .validateFromSnapshot(start.snapshotId())
                .toBranch(options.branch());
        for (RewrittenGroup group : groups) {
            group.inputs().forEach(input -> rewrite.deleteFile(input.file()));
            group.outputs().forEach(rewrite::addFile);
        }
        obsoleteDeletes.forEach(rewrite::deleteFile);
        boolean hasOutputs = groups.stream().anyMatch(group -> !group.outputs().isEmpty());
        // Format 1 has neither sequence numbers nor deletes.
        if (options.useStartingSequenceNumber() && hasOutputs && TableUtil.formatVersion(table) > 1) {
            rewrite.dataSequenceNumber(start.sequenceNumber());
            rewrite.validateWith(
                    new TokenKeeper(rewrite, new LateEqualityDeletes(table, start.sequenceNumber(), replaced(groups))));
        } else {
            ProducerTokens.carryForward(rewrite);
        }
        return rewrite;
    }

    /** Deletes that name one replaced file, which nothing can need once it is replaced. */
    private static DeleteFileSet obsoleteDeletes(List<RewrittenGroup> groups) {
        Set<String> replaced = replaced(groups);
        DeleteFileSet obsolete = DeleteFileSet.create();
        for (RewrittenGroup group : groups) {
            for (FileScanTask input : group.inputs()) {
                for (DeleteFile delete : input.deletes()) {
                    String only = ContentFileUtil.referencedDataFileLocation(delete);
                    if (only != null && replaced.contains(only)) {
                        obsolete.add(delete);
                    }
                }
            }
        }
        return obsolete;
    }

    private static Set<String> replaced(List<RewrittenGroup> groups) {
        return groups.stream()
                .flatMap(group -> group.inputs().stream())
                .map(FileScanTask::file)
                .map(DataFile::location)
                .collect(Collectors.toSet());
    }

    private long find(String commitId) {
        for (Snapshot snapshot : table.snapshots()) {
            if (commitId.equals(snapshot.summary().get(COMMIT_ID))) {
                return snapshot.snapshotId();
            }
        }
        return CompactionPlan.NO_SNAPSHOT;
    }

    private long findAfterLostAnswer(String commitId, RuntimeException lost) {
        try {
            table.refresh();
            long snapshotId = find(commitId);
            if (snapshotId != CompactionPlan.NO_SNAPSHOT) {
                return snapshotId;
            }
        } catch (RuntimeException e) {
            lost.addSuppressed(e);
        }
        throw new TarnException(
                ErrorKind.UNKNOWN_OUTCOME,
                ("It is not known whether the compaction of %s was committed: look for a snapshot with %s=%s. No file was"
                                + " deleted")
                        .formatted(table.name(), COMMIT_ID, commitId),
                lost);
    }
}
