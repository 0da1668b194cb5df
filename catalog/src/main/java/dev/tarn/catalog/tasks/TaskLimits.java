package dev.tarn.catalog.tasks;

import dev.tarn.common.RetryPolicy;
import dev.tarn.common.SettingsReader;
import java.time.Duration;

/**
 * How much background work one server does, and how long a task waits.
 *
 * @param workers tasks that run at once
 * @param lease how long a task stays with a server that is not heard of
 * @param pollInterval how often a server looks for tasks that are due
 * @param longestPause upper bound of the pauses between failed attempts
 */
public record TaskLimits(int workers, Duration lease, Duration pollInterval, Duration longestPause) {
    /** Fit for a small machine. */
    public static final TaskLimits DEFAULTS =
            new TaskLimits(2, Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofHours(1));

    /** Short enough for a store that was away for a moment, long enough not to hammer one that is not. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

    /** Refuses counts below one and durations that are not positive. */
    public TaskLimits {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1 but was " + workers);
        }
        if (!isPositive(lease) || !isPositive(pollInterval) || longestPause.isNegative()) {
            throw new IllegalArgumentException("the durations of the task limits must be positive");
        }
    }

    /** Reads the {@code catalog.tasks.} settings. */
    public static TaskLimits from(SettingsReader settings) {
        return new TaskLimits(
                settings.integer("catalog.tasks.workers", DEFAULTS.workers(), 1, 64),
                settings.duration("catalog.tasks.lease", DEFAULTS.lease(), Duration.ofSeconds(3), Duration.ofHours(1)),
                settings.duration(
                        "catalog.tasks.poll-interval",
                        DEFAULTS.pollInterval(),
                        Duration.ofMillis(100),
                        Duration.ofHours(1)),
                settings.duration(
                        "catalog.tasks.longest-pause",
                        DEFAULTS.longestPause(),
                        Duration.ofMillis(100),
                        Duration.ofDays(1)));
    }

    Duration pauseAfter(int failedAttempts) {
        Duration first = FIRST_PAUSE.compareTo(longestPause) < 0 ? FIRST_PAUSE : longestPause;
        return new RetryPolicy(Integer.MAX_VALUE, first, longestPause).pauseAfter(Math.max(1, failedAttempts));
    }

    /** Three renewals fit into a lease, so that two may fail. */
    Duration renewal() {
        return lease.dividedBy(3);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }
}
