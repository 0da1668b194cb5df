package dev.tarn.writer.commit;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.SnapshotRef;

/**
 * What goes with a commit besides its files.
 *
 * @param branch where the snapshot goes
 * @param summary additional summary properties
 * @param token makes the commit happen once
 * @param loadedFiles fingerprints of source files; the commit is refused if one of them was loaded before
 */
public record CommitRequest(
        String branch, Map<String, String> summary, Optional<ProducerToken> token, Set<String> loadedFiles) {
    /** Copies the collections. */
    public CommitRequest {
        summary = Map.copyOf(summary);
        loadedFiles = Set.copyOf(loadedFiles);
    }

    /** A commit to main without anything else. */
    public static CommitRequest plain() {
        return new CommitRequest(SnapshotRef.MAIN_BRANCH, Map.of(), Optional.empty(), Set.of());
    }
}
