package dev.tarn.writer.audit;

import java.util.List;
import java.util.OptionalLong;

/**
 * How an audit ended.
 *
 * @param ending published, held back, or nothing to do
 * @param snapshotId head of the main branch with the rows, when they are published
 * @param branch where the rows are, or were until they were published
 * @param violations what the checks found, when the rows are held back
 */
public record AuditReport(Ending ending, OptionalLong snapshotId, String branch, List<String> violations) {
    /** Copies the list. */
    public AuditReport {
        violations = List.copyOf(violations);
    }

    /** How it ended. */
    public enum Ending {
        /** The main branch is where the staged branch was. */
        PUBLISHED,
        /** An earlier audit with the same token has published. */
        ALREADY_PUBLISHED,
        /** A check failed: the branch stays for a while, for people to look at. */
        HELD
    }
}
