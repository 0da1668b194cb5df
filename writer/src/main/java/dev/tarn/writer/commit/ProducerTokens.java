package dev.tarn.writer.commit;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotUpdate;

/**
 * The newest token of each producer, kept in snapshot summaries. Every commit carries all of them forward, so that
 * expiring old snapshots does not forget them; other writers may commit in between, as the ancestry is searched for the
 * newest snapshot that has any.
 */
public final class ProducerTokens {
    /** Summary keys are this and the producer; the value is {@code epoch:sequence}. */
    public static final String SUMMARY_PREFIX = "tarn.ingest.";

    /** Producers of one table: each costs some bytes in every later snapshot, so a runaway of names is stopped. */
    static final int MAX_PRODUCERS = 1_000;

    private ProducerTokens() {}

    /** The tokens as of the newest of some snapshots that has any, by producer. */
    static Map<String, ProducerToken> newest(Iterable<Snapshot> newestFirst) {
        Map<String, ProducerToken> tokens = new TreeMap<>();
        for (Snapshot snapshot : newestFirst) {
            snapshot.summary().forEach((key, value) -> {
                if (key.startsWith(SUMMARY_PREFIX)) {
                    String producer = key.substring(SUMMARY_PREFIX.length());
                    tokens.put(producer, ProducerToken.parse(producer, value));
                }
            });
            if (!tokens.isEmpty()) {
                return tokens;
            }
        }
        return tokens;
    }

    /** The newest token of one producer in some snapshots. */
    static Optional<ProducerToken> newest(Iterable<Snapshot> newestFirst, String producer) {
        return Optional.ofNullable(newest(newestFirst).get(producer));
    }

    /**
     * Makes an update keep the tokens of all producers, whatever is committed before it. For commits that are made
     * without {@link SnapshotCommit}, such as those of maintenance; replaces any validator set before.
     */
    public static void carryForward(SnapshotUpdate<?> update) {
        update.validateWith(new SnapshotAncestryValidator() {
            @Override
            public boolean validate(Iterable<Snapshot> ancestors) {
                carry(update, ancestors);
                return true;
            }
        });
    }

    /**
     * Does the same from within a validator that an update already has.
     *
     * @param ancestors newest first, as a validator is given them
     */
    public static void carry(SnapshotUpdate<?> update, Iterable<Snapshot> ancestors) {
        summaryOf(ancestors).forEach(update::set);
    }

    /** What the summary of the next snapshot must hold for no producer to be forgotten, from its ancestors, newest first. */
    public static Map<String, String> summaryOf(Iterable<Snapshot> newestFirst) {
        Map<String, String> summary = new TreeMap<>();
        newest(newestFirst).forEach((producer, token) -> summary.put(SUMMARY_PREFIX + producer, token.summaryValue()));
        return summary;
    }
}
