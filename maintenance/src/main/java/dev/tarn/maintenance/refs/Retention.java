package dev.tarn.maintenance.refs;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a ref and its snapshots are kept.
 *
 * @param maxRefAge after this the ref itself may be expired; empty for the table's rule
 * @param minSnapshotsToKeep newest snapshots of a branch that stay; empty for the table's rule
 * @param maxSnapshotAge older snapshots of a branch may go; empty for the table's rule
 */
public record Retention(
        Optional<Duration> maxRefAge, Optional<Integer> minSnapshotsToKeep, Optional<Duration> maxSnapshotAge) {
    /** As the table's properties say. */
    public static final Retention OF_TABLE = new Retention(Optional.empty(), Optional.empty(), Optional.empty());

    /** Refuses what is not positive. */
    public Retention {
        maxRefAge.ifPresent(age -> requirePositive("ref age", age));
        maxSnapshotAge.ifPresent(age -> requirePositive("snapshot age", age));
        minSnapshotsToKeep.ifPresent(count -> {
            if (count < 1) {
                throw new IllegalArgumentException("snapshots to keep must be at least 1 but were " + count);
            }
        });
    }

    private static void requirePositive(String what, Duration age) {
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException(what + " must be positive but was " + age);
        }
    }
}
