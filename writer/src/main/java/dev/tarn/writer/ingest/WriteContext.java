package dev.tarn.writer.ingest;

import dev.tarn.writer.commit.ProducerToken;
import java.util.List;

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
        /** Those in the partitions of the new rows go. */
        OVERWRITE_PARTITIONS,
        /** Those with the keys of the new rows go. */
        UPSERT
    }

    /** Copies the lists. */
    public WriteContext {
        keyColumns = List.copyOf(keyColumns);
        tokens = List.copyOf(tokens);
    }
}
