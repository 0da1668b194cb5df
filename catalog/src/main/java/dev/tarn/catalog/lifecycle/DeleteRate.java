package dev.tarn.catalog.lifecycle;

import java.time.Duration;

/** Spreads deletions of all purges of a server over time, so that an object store is not overrun. Thread-safe. */
final class DeleteRate {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int maxPerSecond;
    private long freeAt = System.nanoTime();

    DeleteRate(int maxPerSecond) {
        this.maxPerSecond = maxPerSecond;
    }

    /** How long to wait before so many files may be deleted. */
    synchronized Duration reserve(int files) {
        long now = System.nanoTime();
        long start = Math.max(now, freeAt);
        freeAt = start + files * SECOND_NANOS / maxPerSecond;
        return Duration.ofNanos(start - now);
    }
}
