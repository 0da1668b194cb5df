package dev.tarn.maintenance.orphans;

import java.time.Instant;

/**
 * A file that nothing refers to.
 *
 * @param location as the store lists it
 * @param bytes its size
 * @param lastModified when it was last written
 */
public record OrphanFile(String location, long bytes, Instant lastModified) {
    /** Refuses an empty location and a negative size. */
    public OrphanFile {
        if (location.isEmpty() || bytes < 0) {
            throw new IllegalArgumentException(
                    "A file needs a location and at least 0 bytes but was '%s', %d".formatted(location, bytes));
        }
    }
}
