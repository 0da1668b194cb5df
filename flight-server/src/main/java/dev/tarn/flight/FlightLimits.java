package dev.tarn.flight;

import dev.tarn.common.DataSize;
import dev.tarn.common.SettingsReader;
import java.time.Duration;

/**
 * How much the gateway takes on.
 *
 * @param maxStreams results that are sent at the same time, metadata included
 * @param maxWaitingStreams results that wait for one of them to end; one more is refused
 * @param callThreads threads that answer calls and bind statements
 * @param maxOpenQueries planned statements whose results were not fetched, or could be fetched again
 * @param maxPreparedStatements open handles of prepared statements
 * @param maxSessions sessions with options; the one unused for longest is forgotten first
 * @param maxInboundMessage the largest message that a client may send
 * @param maxHeaderList all headers of one call
 * @param queryMemory memory for the batches of one result
 * @param stallTimeout how long a client may leave its result unread
 * @param ticketTimeToLive how long a planned statement waits for its fetch
 * @param preparedStatementTimeToLive how long an unused handle stays open
 * @param sessionTimeToLive how long an unused session, or a bearer token, stays valid
 */
public record FlightLimits(
        int maxStreams,
        int maxWaitingStreams,
        int callThreads,
        int maxOpenQueries,
        int maxPreparedStatements,
        int maxSessions,
        DataSize maxInboundMessage,
        DataSize maxHeaderList,
        DataSize queryMemory,
        Duration stallTimeout,
        Duration ticketTimeToLive,
        Duration preparedStatementTimeToLive,
        Duration sessionTimeToLive) {
    /** Fit for one machine with some dozens of clients. */
    public static final FlightLimits DEFAULTS = new FlightLimits(
            16,
            64,
            16,
            1_000,
            1_000,
            10_000,
            DataSize.ofMegabytes(64),
            DataSize.parse("64KB"),
            DataSize.ofMegabytes(256),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            Duration.ofHours(12));

    private static final int MAX_THREADS = 1024;
    private static final int MAX_ENTRIES = 1_000_000;
    private static final Duration ONE_DAY = Duration.ofDays(1);

    /** Refuses limits below one. */
    public FlightLimits {
        if (Math.min(Math.min(maxStreams, maxWaitingStreams), callThreads) < 1) {
            throw new IllegalArgumentException("Streams, waiting streams and call threads must each be at least 1");
        }
        if (Math.min(Math.min(maxOpenQueries, maxPreparedStatements), maxSessions) < 1) {
            throw new IllegalArgumentException("Queries, prepared statements and sessions must each be at least 1");
        }
    }

    /**
     * Reads the {@code flight.*} limits.
     *
     * @throws dev.tarn.common.TarnException INVALID naming key, value and limit
     */
    public static FlightLimits from(SettingsReader settings) {
        return new FlightLimits(
                settings.integer("flight.max-streams", DEFAULTS.maxStreams, 1, MAX_THREADS),
                settings.integer("flight.max-waiting-streams", DEFAULTS.maxWaitingStreams, 1, MAX_ENTRIES),
                settings.integer("flight.call-threads", DEFAULTS.callThreads, 1, MAX_THREADS),
                settings.integer("flight.max-open-queries", DEFAULTS.maxOpenQueries, 1, MAX_ENTRIES),
                settings.integer("flight.max-prepared-statements", DEFAULTS.maxPreparedStatements, 1, MAX_ENTRIES),
                settings.integer("flight.max-sessions", DEFAULTS.maxSessions, 1, MAX_ENTRIES),
                settings.dataSize(
                        "flight.max-inbound-message",
                        DEFAULTS.maxInboundMessage,
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(1024)),
                settings.dataSize(
                        "flight.max-header-list",
                        DEFAULTS.maxHeaderList,
                        DataSize.parse("8KB"),
                        DataSize.ofMegabytes(1)),
                settings.dataSize(
                        "flight.query-memory",
                        DEFAULTS.queryMemory,
                        DataSize.ofMegabytes(16),
                        DataSize.ofMegabytes(1 << 20)),
                settings.duration("flight.stall-timeout", DEFAULTS.stallTimeout, Duration.ofSeconds(1), ONE_DAY),
                settings.duration(
                        "flight.ticket-ttl", DEFAULTS.ticketTimeToLive, Duration.ofSeconds(1), Duration.ofMinutes(15)),
                settings.duration(
                        "flight.prepared-statement-ttl",
                        DEFAULTS.preparedStatementTimeToLive,
                        Duration.ofSeconds(1),
                        ONE_DAY),
                settings.duration(
                        "flight.session-ttl", DEFAULTS.sessionTimeToLive, Duration.ofMinutes(1), Duration.ofDays(30)));
    }
}
