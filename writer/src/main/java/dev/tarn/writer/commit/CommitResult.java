package dev.tarn.writer.commit;

/**
 * How a commit that did not fail ended.
 *
 * @param snapshotId the snapshot that holds the work
 * @param alreadyCommitted whether an earlier commit had done the work, so that this one changed nothing
 */
public record CommitResult(long snapshotId, boolean alreadyCommitted) {}
