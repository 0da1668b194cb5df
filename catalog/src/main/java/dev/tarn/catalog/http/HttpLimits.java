package dev.tarn.catalog.http;

import dev.tarn.common.DataSize;
import java.time.Duration;

/**
 * What one client may ask of the HTTP edge.
 *
 * @param maxBody largest request body, after decompression
 * @param maxRequestLine longest request line
 * @param maxHeaders all headers of a request together
 * @param maxConnections open connections
 * @param workers threads that handle requests
 * @param maxQueuedRequests requests that wait for a worker
 * @param headTimeout within which the head of a request must have arrived, counted from its first byte
 * @param bodyTimeout within which a request must have arrived in full
 * @param idleTimeout after which a silent connection is closed
 * @param minAnswerRate bytes per second that a client must take of an answer, once the body timeout is over
 */
public record HttpLimits(
        DataSize maxBody,
        DataSize maxRequestLine,
        DataSize maxHeaders,
        int maxConnections,
        int workers,
        int maxQueuedRequests,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        DataSize minAnswerRate) {
    /** Refuses sizes beyond an array and counts below one. */
    public HttpLimits {
        if (maxBody.bytes() > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException("maxBody must be below 1GB but was " + maxBody);
        }
        if (maxConnections < 1 || workers < 1 || maxQueuedRequests < 1) {
            throw new IllegalArgumentException("maxConnections, workers and maxQueuedRequests must be at least 1");
        }
    }
}
