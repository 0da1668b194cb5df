package dev.tarn.catalog.planning;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * How scans are planned.
 *
 * @param cache memory for decoded manifests
 * @param maxManifest larger manifests are refused
 * @param asyncThresholdFiles plans that have to decode more files than this are made in the background
 * @param tasksPerAnswer files in one answer; the rest is split into plan tasks
 * @param threads plans that are made at a time, and as many again in the background
 * @param maxAsyncPlans background plans that run or wait
 * @param timeLimit after which a plan fails
 * @param tokenLifetime how long plan ids and plan tasks are good for
 * @param tokenKey signs them, the same for all replicas; absent for a key of this server's own
 */
public record PlanningSettings(
        DataSize cache,
        DataSize maxManifest,
        int asyncThresholdFiles,
        int tasksPerAnswer,
        int threads,
        int maxAsyncPlans,
        Duration timeLimit,
        Duration tokenLifetime,
        Optional<Secret> tokenKey) {
    /** Fit for a small machine. */
    public static final PlanningSettings DEFAULTS = new PlanningSettings(
            DataSize.ofMegabytes(128),
            DataSize.ofMegabytes(64),
            200_000,
            2_000,
            4,
            64,
            Duration.ofMinutes(2),
            Duration.ofHours(1),
            Optional.empty());

    /** A key that is shorter could be guessed. */
    private static final int MIN_KEY_BYTES = 32;

    /** Refuses counts below one, durations that are not positive and short keys. */
    public PlanningSettings {
        if (asyncThresholdFiles < 0 || tasksPerAnswer < 1 || threads < 1 || maxAsyncPlans < 1) {
            throw new IllegalArgumentException("every count of the planning settings must be at least 1");
        }
        if (timeLimit.isNegative() || timeLimit.isZero() || tokenLifetime.isNegative() || tokenLifetime.isZero()) {
            throw new IllegalArgumentException("every duration of the planning settings must be positive");
        }
        tokenKey.ifPresent(key -> {
            int bytes = bytes(key).length;
            if (bytes < MIN_KEY_BYTES) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Setting 'catalog.planning.token-key' must have at least %d bytes but has %d"
                                .formatted(MIN_KEY_BYTES, bytes));
            }
        });
    }

    /** Reads the {@code catalog.planning.} settings. */
    public static PlanningSettings from(SettingsReader settings) {
        return new PlanningSettings(
                settings.dataSize(
                        "catalog.planning.cache",
                        DEFAULTS.cache(),
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(1 << 16)),
                settings.dataSize(
                        "catalog.planning.max-manifest",
                        DEFAULTS.maxManifest(),
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(256)),
                settings.integer(
                        "catalog.planning.async-threshold-files", DEFAULTS.asyncThresholdFiles(), 0, 1_000_000_000),
                settings.integer("catalog.planning.tasks-per-answer", DEFAULTS.tasksPerAnswer(), 1, 100_000),
                settings.integer("catalog.planning.threads", DEFAULTS.threads(), 1, 256),
                settings.integer("catalog.planning.max-async-plans", DEFAULTS.maxAsyncPlans(), 1, 10_000),
                settings.duration(
                        "catalog.planning.time-limit",
                        DEFAULTS.timeLimit(),
                        Duration.ofSeconds(1),
                        Duration.ofHours(1)),
                settings.duration(
                        "catalog.planning.token-lifetime",
                        DEFAULTS.tokenLifetime(),
                        Duration.ofMinutes(1),
                        Duration.ofDays(7)),
                settings.optionalSecret("catalog.planning.token-key"));
    }

    /** The configured key, absent if this server makes its own. */
    Optional<byte[]> configuredKey() {
        return tokenKey.map(PlanningSettings::bytes);
    }

    private static byte[] bytes(Secret key) {
        return key.reveal().getBytes(StandardCharsets.UTF_8);
    }
}
