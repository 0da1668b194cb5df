package dev.tarn.kafka;

import java.time.Instant;
import java.util.Optional;

/**
 * Where reading begins in partitions that the table has no position of.
 *
 * @param kind which of the three
 * @param time for {@link Kind#TIMESTAMP}: the first record that is not older
 */
public record StartPosition(Kind kind, Optional<Instant> time) {
    /** From the first record that the topic still has. */
    public static final StartPosition EARLIEST = new StartPosition(Kind.EARLIEST, Optional.empty());

    /** From the first record that comes after the start. */
    public static final StartPosition LATEST = new StartPosition(Kind.LATEST, Optional.empty());

    /** The three ways to begin. */
    public enum Kind {
        /** At the beginning. */
        EARLIEST,
        /** At the end. */
        LATEST,
        /** At a time. */
        TIMESTAMP
    }

    /** Refuses a time where none belongs, and none where one does. */
    public StartPosition {
        if (time.isPresent() != (kind == Kind.TIMESTAMP)) {
            throw new IllegalArgumentException("a time belongs to TIMESTAMP and to nothing else");
        }
    }

    /** From the first record that is not older than a time. */
    public static StartPosition at(Instant time) {
        return new StartPosition(Kind.TIMESTAMP, Optional.of(time));
    }
}
