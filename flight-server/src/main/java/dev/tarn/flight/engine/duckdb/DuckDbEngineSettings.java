package dev.tarn.flight.engine.duckdb;

import dev.tarn.common.DataSize;
import dev.tarn.common.SettingsReader;
import java.time.Duration;

/**
 * Limits of the embedded engine.
 *
 * @param memoryLimit memory of the engine's buffers; beyond it, it spills to disk
 * @param threads threads that work on statements
 * @param tempLimit disk space for spilled data
 * @param scanCacheSize disk space for local copies of data files
 * @param parallelFetches data files fetched at the same time
 * @param maxConcurrentQueries statements that run at the same time; more are refused
 * @param statementTimeout a statement is stopped after this
 */
public record DuckDbEngineSettings(
        DataSize memoryLimit,
        int threads,
        DataSize tempLimit,
        DataSize scanCacheSize,
        int parallelFetches,
        int maxConcurrentQueries,
        Duration statementTimeout) {
    private static final DataSize MIN_MEMORY = DataSize.ofMegabytes(64);
    private static final DataSize MAX_SIZE = DataSize.ofMegabytes(1024L * 1024 * 16);

    /** What holds without settings. */
    public static final DuckDbEngineSettings DEFAULTS = new DuckDbEngineSettings(
            DataSize.ofMegabytes(1024),
            Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), 16)),
            DataSize.ofMegabytes(10 * 1024),
            DataSize.ofMegabytes(10 * 1024),
            8,
            16,
            Duration.ofMinutes(10));

    /** Refuses values below one. */
    public DuckDbEngineSettings {
        if (threads < 1 || parallelFetches < 1 || maxConcurrentQueries < 1) {
            throw new IllegalArgumentException("threads, parallelFetches and maxConcurrentQueries must be at least 1");
        }
    }

    /** Reads the {@code engine.*} settings. */
    public static DuckDbEngineSettings from(SettingsReader settings) {
        return new DuckDbEngineSettings(
                settings.dataSize("engine.memory-limit", DEFAULTS.memoryLimit, MIN_MEMORY, MAX_SIZE),
                settings.integer("engine.threads", DEFAULTS.threads, 1, 256),
                settings.dataSize("engine.temp-limit", DEFAULTS.tempLimit, DataSize.ofMegabytes(1), MAX_SIZE),
                settings.dataSize("engine.scan-cache-size", DEFAULTS.scanCacheSize, DataSize.ofMegabytes(1), MAX_SIZE),
                settings.integer("engine.parallel-fetches", DEFAULTS.parallelFetches, 1, 256),
                settings.integer("engine.max-concurrent-queries", DEFAULTS.maxConcurrentQueries, 1, 256),
                settings.duration(
                        "engine.statement-timeout",
                        DEFAULTS.statementTimeout,
                        Duration.ofSeconds(1),
                        Duration.ofDays(1)));
    }
}
