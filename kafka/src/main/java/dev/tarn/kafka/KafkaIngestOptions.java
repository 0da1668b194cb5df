package dev.tarn.kafka;

import dev.tarn.kafka.rows.RowRules;
import dev.tarn.writer.ingest.IngestOptions;
import java.util.List;

/**
 * How records get into the table. Immutable; begin with {@link #defaults}.
 *
 * @param rules how records become rows
 * @param keyColumns rows replace those with the same values of these columns, and records without a value delete them; empty
 *     appends every record
 * @param envelope what is around the row in a record's value
 * @param badRecords what happens to records that cannot become rows
 * @param limits when to commit
 * @param end when to stop
 * @param write how the table is written; its token, and its rule for schemas, are the run's own
 */
public record KafkaIngestOptions(
        RowRules rules,
        List<String> keyColumns,
        Envelope envelope,
        BadRecords badRecords,
        CommitLimits limits,
        EndOfRun end,
        IngestOptions write) {
    /** What is around the row in a record's value. */
    public enum Envelope {
        /** Nothing: the value is the row. */
        NONE,
        /** What Debezium writes: {@code before}, {@code after} and {@code op}. */
        DEBEZIUM
    }

    /** Copies the list. */
    public KafkaIngestOptions {
        keyColumns = List.copyOf(keyColumns);
    }

    /** Every record is appended, the first bad one stops the run, which otherwise goes on for ever. */
    public static KafkaIngestOptions defaults() {
        return new KafkaIngestOptions(
                RowRules.strict(),
                List.of(),
                Envelope.NONE,
                BadRecords.ABORT,
                CommitLimits.DEFAULT,
                EndOfRun.NEVER,
                IngestOptions.defaults());
    }

    /** The same, with other rules for rows. */
    public KafkaIngestOptions withRules(RowRules others) {
        return new KafkaIngestOptions(others, keyColumns, envelope, badRecords, limits, end, write);
    }

    /** The same, replacing rows by key. */
    public KafkaIngestOptions withKeyColumns(List<String> columns) {
        return new KafkaIngestOptions(rules, columns, envelope, badRecords, limits, end, write);
    }

    /** The same, with another envelope. */
    public KafkaIngestOptions withEnvelope(Envelope around) {
        return new KafkaIngestOptions(rules, keyColumns, around, badRecords, limits, end, write);
    }

    /** The same, with another rule for bad records. */
    public KafkaIngestOptions withBadRecords(BadRecords rule) {
        return new KafkaIngestOptions(rules, keyColumns, envelope, rule, limits, end, write);
    }

    /** The same, with other limits. */
    public KafkaIngestOptions withLimits(CommitLimits others) {
        return new KafkaIngestOptions(rules, keyColumns, envelope, badRecords, others, end, write);
    }

    /** The same, with another end. */
    public KafkaIngestOptions withEnd(EndOfRun when) {
        return new KafkaIngestOptions(rules, keyColumns, envelope, badRecords, limits, when, write);
    }

    /** The same, written otherwise. */
    public KafkaIngestOptions withWrite(IngestOptions how) {
        return new KafkaIngestOptions(rules, keyColumns, envelope, badRecords, limits, end, how);
    }
}
