package dev.tarn.writer.commit;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.SnapshotRef;

/**
 * What goes with a commit besides its files.
 *
 * @param branch where the snapshot goes
 * @param summary additional summary properties
 * @param tokens make the commit happen once: one for each producer whose work is in it
 * @param follows by producer, the token that the table must still have when the commit happens, so that no work of another
 *     instance of the producer comes in between; producers that are absent here may have any older token
 * @param checks look at the history that the commit will follow
 */
public record CommitRequest(
        String branch,
        Map<String, String> summary,
        List<ProducerToken> tokens,
        Map<String, Optional<ProducerToken>> follows,
        List<CommitCheck> checks) {
    /** Copies the collections; refuses two tokens of one producer. */
    public CommitRequest {
        summary = Map.copyOf(summary);
        tokens = List.copyOf(tokens);
        follows = Map.copyOf(follows);
        checks = List.copyOf(checks);
        Set<String> producers = new HashSet<>();
        for (ProducerToken token : tokens) {
            if (!producers.add(token.producer())) {
                throw new IllegalArgumentException(
                        "A commit takes one token of each producer but has two of " + token.producer());
            }
        }
    }

    /** A commit without checks of its own. */
    public CommitRequest(
            String branch,
            Map<String, String> summary,
            List<ProducerToken> tokens,
            Map<String, Optional<ProducerToken>> follows) {
        this(branch, summary, tokens, follows, List.of());
    }

    /** A commit whose tokens may follow any older ones. */
    public CommitRequest(String branch, Map<String, String> summary, List<ProducerToken> tokens) {
        this(branch, summary, tokens, Map.of());
    }

    /** The same with checks. */
    public CommitRequest withChecks(List<CommitCheck> others) {
        return new CommitRequest(branch, summary, tokens, follows, others);
    }

    /** A commit to main without anything else. */
    public static CommitRequest plain() {
        return new CommitRequest(SnapshotRef.MAIN_BRANCH, Map.of(), List.of());
    }
}
