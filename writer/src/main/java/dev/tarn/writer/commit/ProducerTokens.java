package dev.tarn.writer.commit;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The newest token of each producer, kept in snapshot summaries. Every commit carries all of them forward, so that
 * expiring old snapshots does not forget them; other writers may commit in between, as the ancestry is searched for the
 * newest snapshot that has any. When every such snapshot has been expired, the table property that each commit with tokens
 * writes along is what remains.
 */
public final class ProducerTokens {
    /** Summary keys are this and the producer; the value is {@code epoch:sequence}. */
    public static final String SUMMARY_PREFIX = "tarn.ingest.";

    /** The table property with the tokens of a branch is this and the branch's name. */
    public static final String PROPERTY_PREFIX = "tarn.ingest-tokens.";

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

    /**
     * The newest token of every producer of a branch, as of the table's last refresh. Reads metadata that is in memory; does
     * no I/O.
     */
    public static Map<String, ProducerToken> of(Table table, String branch) {
        Snapshot head = table.snapshot(branch);
        return head == null
                ? new TreeMap<>()
                : of(table, branch, SnapshotUtil.ancestorsOf(head.snapshotId(), table::snapshot));
    }

    /** As {@link #of(Table, String)}, for ancestors that are known already, newest first. */
    static Map<String, ProducerToken> of(Table table, String branch, Iterable<Snapshot> ancestors) {
        Map<String, ProducerToken> inSummaries = newest(ancestors);
        // A history that is whole says by itself that there is no token: the table was rolled back, or never had one.
        return inSummaries.isEmpty() && isCutOff(ancestors) ? inProperty(table, branch) : inSummaries;
    }

    /** The newest token of one producer. */
    public static Optional<ProducerToken> of(Table table, String branch, String producer) {
        return Optional.ofNullable(of(table, branch).get(producer));
    }

    /**
     * The table property that another branch must have when it takes the snapshots of a branch over.
     *
     * @return one entry, or none if the branch has no tokens
     */
    public static Map<String, String> property(Table table, String branch, String takenOverBy) {
        Map<String, ProducerToken> tokens = of(table, branch);
        return tokens.isEmpty() ? Map.of() : Map.of(PROPERTY_PREFIX + takenOverBy, propertyValue(tokens));
    }

    /** What the table property of a branch holds for some tokens. */
    static String propertyValue(Map<String, ProducerToken> tokens) {
        StringBuilder value = new StringBuilder();
        tokens.forEach((producer, token) -> value.append(value.isEmpty() ? "" : ",")
                .append(producer)
                .append('=')
                .append(token.summaryValue()));
        return value.toString();
    }

    private static Map<String, ProducerToken> inProperty(Table table, String branch) {
        Map<String, ProducerToken> tokens = new TreeMap<>();
        String value = table.properties().getOrDefault(PROPERTY_PREFIX + branch, "");
        for (String entry : value.isEmpty() ? new String[0] : value.split(",", -1)) {
            int end = entry.indexOf('=');
            String producer = entry.substring(0, Math.max(end, 0));
            tokens.put(producer, ProducerToken.parse(producer, entry.substring(end + 1)));
        }
        return tokens;
    }

    private static boolean isCutOff(Iterable<Snapshot> newestFirst) {
        boolean cutOff = false;
        for (Snapshot snapshot : newestFirst) {
            cutOff = snapshot.parentId() != null;
        }
        return cutOff;
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
