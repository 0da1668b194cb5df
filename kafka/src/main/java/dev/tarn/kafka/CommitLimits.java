package dev.tarn.kafka;

import dev.tarn.common.DataSize;
import java.time.Duration;

/**
 * When the records read so far are committed: as soon as one of the limits is reached. Two such windows are in memory at
 * most, one being committed and one being filled.
 *
 * @param maxRecords records, bad ones included
 * @param maxBytes bytes of their keys and values as Kafka has them; in memory rows take up to about three times that
 * @param maxAge how long the first record may wait
 */
public record CommitLimits(long maxRecords, DataSize maxBytes, Duration maxAge) {
    /** Large files where there is much to read, and a minute of delay where there is little. */
    public static final CommitLimits DEFAULT =
            new CommitLimits(500_000, DataSize.ofMegabytes(64), Duration.ofMinutes(1));

    /** Refuses limits that are not positive. */
    public CommitLimits {
        if (maxRecords < 1 || maxBytes.bytes() < 1 || maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException("maxRecords, maxBytes and maxAge must be positive but were %d, %s and %s"
                    .formatted(maxRecords, maxBytes, maxAge));
        }
    }
}
