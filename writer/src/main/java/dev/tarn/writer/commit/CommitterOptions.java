package dev.tarn.writer.commit;

import java.time.Duration;

/**
 * How a {@link GroupCommitter} works.
 *
 * @param interval least time between the begins of two physical commits; zero commits as soon as there is something
 * @param maxSets sets in one physical commit; so many waiting sets are committed before the interval is over
 * @param maxWaiting sets that may wait; more are refused as OVERLOADED
 * @param deadline how long commits are tried again that were answered with an error that may pass; at least 1 ms
 */
public record CommitterOptions(Duration interval, int maxSets, int maxWaiting, Duration deadline) {
    /** One commit each second: about what a table on an object store can take. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

    /** Keeps manifests of one commit, and the summary with their tokens, at a size that every reader takes well. */
    public static final int DEFAULT_MAX_SETS = 1_000;

    /** Sets are small in memory, as their rows are in files already. */
    public static final int DEFAULT_MAX_WAITING = 10_000;

    /** Long enough for a catalog to be restarted. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofMinutes(2);

    /** Refuses what cannot be. */
    public CommitterOptions {
        if (interval.isNegative() || maxSets < 1 || maxWaiting < 1 || deadline.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "interval must not be negative, the others at least 1, but were %s, %d sets, %d waiting and %s"
                            .formatted(interval, maxSets, maxWaiting, deadline));
        }
    }

    /** One commit each second. */
    public static CommitterOptions defaults() {
        return new CommitterOptions(DEFAULT_INTERVAL, DEFAULT_MAX_SETS, DEFAULT_MAX_WAITING, DEFAULT_DEADLINE);
    }

    /** The same, with another interval. */
    public CommitterOptions withInterval(Duration other) {
        return new CommitterOptions(other, maxSets, maxWaiting, deadline);
    }

    /** The same, with another deadline. */
    public CommitterOptions withDeadline(Duration other) {
        return new CommitterOptions(interval, maxSets, maxWaiting, other);
    }
}
