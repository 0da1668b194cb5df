package dev.tarn.catalog;

import dev.tarn.catalog.http.HttpLimits;
import dev.tarn.common.DataSize;
import dev.tarn.common.SettingsReader;
import java.time.Duration;

/**
 * How much a catalog server takes on.
 *
 * @param maxRequestBody largest body of a commit, a transaction or a scan plan, after decompression; other bodies are
 *     at most 1 MiB
 * @param maxConnections open connections
 * @param workers threads that handle requests
 * @param maxQueuedRequests requests that wait for a worker
 * @param maxQueuedCommits commits to one table, the running one included
 * @param metadataCache memory for parsed metadata, and as much again for ready answers
 * @param idempotencyKeyLifetime how long a key protects a retry
 * @param requestTimeout within which a request must have arrived in full
 * @param idleTimeout after which a silent connection is closed
 */
public record CatalogLimits(
        DataSize maxRequestBody,
        int maxConnections,
        int workers,
        int maxQueuedRequests,
        int maxQueuedCommits,
        DataSize metadataCache,
        Duration idempotencyKeyLifetime,
        Duration requestTimeout,
        Duration idleTimeout) {
    /** Fit for a small machine. */
    public static final CatalogLimits DEFAULTS = new CatalogLimits(
            DataSize.ofMegabytes(32),
            1_024,
            16,
            1_024,
            64,
            DataSize.ofMegabytes(64),
            Duration.ofMinutes(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));

    /** Request lines hold a namespace of the greatest depth; headers hold a token. */
    private static final DataSize MAX_REQUEST_LINE = new DataSize(16 * 1024);

    private static final DataSize MAX_HEADERS = new DataSize(32 * 1024);

    /** Slower than any network that a server stands in. */
    private static final DataSize MIN_ANSWER_RATE = new DataSize(64 * 1024);

    /** A head is a few packets; whoever takes longer holds the connection for its own sake. */
    private static final Duration MAX_HEAD_TIMEOUT = Duration.ofSeconds(15);

    /** Refuses counts below one and durations that are not positive. */
    public CatalogLimits {
        if (maxConnections < 1 || workers < 1 || maxQueuedRequests < 1 || maxQueuedCommits < 1) {
            throw new IllegalArgumentException("every count of the catalog limits must be at least 1");
        }
        if (!isPositive(idempotencyKeyLifetime) || !isPositive(requestTimeout) || !isPositive(idleTimeout)) {
            throw new IllegalArgumentException("every duration of the catalog limits must be positive");
        }
    }

    /** Reads the {@code catalog.} limits. */
    public static CatalogLimits from(SettingsReader settings) {
        return new CatalogLimits(
                settings.dataSize(
                        "catalog.max-request-body",
                        DEFAULTS.maxRequestBody(),
                        new DataSize(64 * 1024),
                        DataSize.ofMegabytes(512)),
                settings.integer("catalog.max-connections", DEFAULTS.maxConnections(), 1, 100_000),
                settings.integer("catalog.workers", DEFAULTS.workers(), 1, 1_024),
                settings.integer("catalog.max-queued-requests", DEFAULTS.maxQueuedRequests(), 1, 100_000),
                settings.integer("catalog.max-queued-commits", DEFAULTS.maxQueuedCommits(), 1, 10_000),
                settings.dataSize(
                        "catalog.metadata-cache",
                        DEFAULTS.metadataCache(),
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(1 << 16)),
                settings.duration(
                        "catalog.idempotency-key-lifetime",
                        DEFAULTS.idempotencyKeyLifetime(),
                        Duration.ofMinutes(1),
                        Duration.ofDays(7)),
                settings.duration(
                        "catalog.request-timeout",
                        DEFAULTS.requestTimeout(),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(10)),
                settings.duration(
                        "catalog.idle-timeout", DEFAULTS.idleTimeout(), Duration.ofSeconds(1), Duration.ofMinutes(10)));
    }

    HttpLimits http() {
        return new HttpLimits(
                maxRequestBody,
                MAX_REQUEST_LINE,
                MAX_HEADERS,
                maxConnections,
                workers,
                maxQueuedRequests,
                requestTimeout.compareTo(MAX_HEAD_TIMEOUT) < 0 ? requestTimeout : MAX_HEAD_TIMEOUT,
                requestTimeout,
                idleTimeout,
                MIN_ANSWER_RATE);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }
}
