package dev.tarn.writer.commit;

import org.apache.iceberg.Snapshot;

/**
 * A last look before a commit, inside of its retry: what it sees is what the new snapshot will follow, as the commit fails
 * and is tried again if anybody else comes in between.
 */
@FunctionalInterface
public interface CommitCheck {
    /**
     * Looks at the history of the branch. Called again for every attempt.
     *
     * @param ancestors newest first; none if the branch is empty
     * @throws dev.tarn.common.TarnException if the commit must not happen on top of them
     */
    void check(Iterable<Snapshot> ancestors);
}
