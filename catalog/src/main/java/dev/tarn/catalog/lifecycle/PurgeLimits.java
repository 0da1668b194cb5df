package dev.tarn.catalog.lifecycle;

import dev.tarn.common.DataSize;
import dev.tarn.common.SettingsReader;

/**
 * How much deleting may take.
 *
 * @param maxDeletesPerSecond files that one server deletes in a second
 * @param readers threads that read what other objects need
 * @param referenceMemory memory for what was found out about other objects
 */
public record PurgeLimits(int maxDeletesPerSecond, int readers, DataSize referenceMemory) {
    /** A third of what one S3 prefix takes, and fit for a small machine. */
    public static final PurgeLimits DEFAULTS = new PurgeLimits(1_000, 4, DataSize.ofMegabytes(32));

    /** Refuses counts below one. */
    public PurgeLimits {
        if (maxDeletesPerSecond < 1 || readers < 1) {
            throw new IllegalArgumentException("every count of the purge limits must be at least 1");
        }
    }

    /** Reads the {@code catalog.purge.} settings. */
    public static PurgeLimits from(SettingsReader settings) {
        return new PurgeLimits(
                settings.integer("catalog.purge.max-deletes-per-second", DEFAULTS.maxDeletesPerSecond(), 1, 100_000),
                settings.integer("catalog.purge.readers", DEFAULTS.readers(), 1, 256),
                settings.dataSize(
                        "catalog.purge.reference-memory",
                        DEFAULTS.referenceMemory(),
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(1 << 14)));
    }
}
