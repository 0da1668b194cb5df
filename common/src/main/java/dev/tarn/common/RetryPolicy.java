package dev.tarn.common;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often, and after which pauses, work is tried again. Pauses double from the first up to the longest, each drawn
 * evenly between nothing and that bound ("full jitter"), so that many who failed together do not return together.
 *
 * @param maxAttempts tries in all, the first one included; at least 1
 * @param firstPause upper bound of the first pause
 * @param longestPause upper bound of every pause
 */
public record RetryPolicy(int maxAttempts, Duration firstPause, Duration longestPause) {
    /** Refuses fewer than one attempt and negative or inverted pauses. */
    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1 but was " + maxAttempts);
        }
        if (firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException("pauses must satisfy 0 <= firstPause <= longestPause but were %s and %s"
                    .formatted(firstPause, longestPause));
        }
    }

    /**
     * The pause before the next attempt.
     *
     * @param failedAttempts how many attempts have failed so far; at least 1
     */
    public Duration pauseAfter(int failedAttempts) {
        int doublings = Math.min(Math.max(failedAttempts - 1, 0), 30);
        long boundMillis = Math.min(firstPause.toMillis() << doublings, longestPause.toMillis());
        return Duration.ofMillis(
                boundMillis <= 0 ? 0 : ThreadLocalRandom.current().nextLong(boundMillis + 1));
    }
}
