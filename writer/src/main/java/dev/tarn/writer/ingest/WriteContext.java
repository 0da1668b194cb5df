package dev.tarn.writer.ingest;

import dev.tarn.writer.commit.ProducerToken;
import java.util.List;
import org.apache.iceberg.SnapshotRef;

/**
 * What a gate may have to know about the call that it stands in.
 *
 * @param kind what the call does to the rows that are in the table
 * @param branch where the snapshot goes
 * @param keyColumns of an upsert; else empty
 * @param tokens that make the commit happen once
 */
public record WriteContext(Kind kind, String branch, List<String> keyColumns, List<ProducerToken> tokens) {
    /** What happens to the rows that are in the table. */
    public enum Kind {
        /** They stay. */
        APPEND,
        /** All of them go. */
        OVERWRITE,
        /** Some of them go: those of a filter, or of the partitions of the new rows. */
        OVERWRITE_PART,
        /** Those with the keys of the new rows go. */
        UPSERT
    }

    /** What the tables of rejects and other gates outside of a call are opened with: an append to main without tokens. */
    public static WriteContext plainAppend() {
        return new WriteContext(Kind.APPEND, SnapshotRef.MAIN_BRANCH, List.of(), List.of());
    }

    /** Copies the lists. */
    public WriteContext {
        keyColumns = List.copyOf(keyColumns);
        tokens = List.copyOf(tokens);
    }
}
