package dev.tarn.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * When a run ends by itself; whichever comes first.
 *
 * @param untilLatest at the records that are the latest when the run begins
 * @param maxRecords after this many records
 * @param idle when no record came for this long
 */
public record EndOfRun(boolean untilLatest, OptionalLong maxRecords, Optional<Duration> idle) {
    /** Never. */
    public static final EndOfRun NEVER = new EndOfRun(false, OptionalLong.empty(), Optional.empty());

    /** Once everything is read that is there when the run begins. */
    public static final EndOfRun LATEST = new EndOfRun(true, OptionalLong.empty(), Optional.empty());

    /** Refuses numbers that are not positive. */
    public EndOfRun {
        if (maxRecords.isPresent() && maxRecords.getAsLong() < 1) {
            throw new IllegalArgumentException("maxRecords must be at least 1 but was " + maxRecords.getAsLong());
        }
        if (idle.isPresent() && (idle.get().isNegative() || idle.get().isZero())) {
            throw new IllegalArgumentException("idle must be positive but was " + idle.get());
        }
    }
}
