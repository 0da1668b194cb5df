package dev.tarn.flight.worker;

import dev.tarn.common.DataSize;
import java.nio.file.Path;

/**
 * How the child process is run.
 *
 * @param cacheFolder the only folder whose files the engine may read
 * @param spillFolder where the engine puts what does not fit its memory
 * @param memoryLimit memory of the engine's buffers; the process as a whole may take about three times a small limit
 * @param threads threads that work on statements; at least 1
 * @param spillLimit disk space for spilled data
 */
public record WorkerSettings(
        Path cacheFolder, Path spillFolder, DataSize memoryLimit, int threads, DataSize spillLimit) {
    /** Refuses less than one thread. */
    public WorkerSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1 but was " + threads);
        }
    }
}
