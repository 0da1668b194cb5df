package dev.tarn.catalog.http;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds clients that keep a connection busy by being slow: a head that never ends, an answer that is never read. Looks at
 * all connections now and then, so that a request that is not slow costs nothing. Thread-safe.
 */
final class ConnectionWatch {
    /** A client that reads slower than this does not want the answer. */
    private static final long MIN_ANSWER_BYTES_PER_SECOND = 16 * 1024;

    private final long headTimeoutNanos;
    private final long answerTimeoutNanos;
    private final Map<HttpConnection, StrictRequestDecoder> heads = new ConcurrentHashMap<>();
    private final Map<HttpConnection, Long> answerDeadlines = new ConcurrentHashMap<>();

    ConnectionWatch(HttpLimits limits) {
        this.headTimeoutNanos = limits.headTimeout().toNanos();
        this.answerTimeoutNanos = limits.bodyTimeout().toNanos();
    }

    void opened(HttpConnection connection, StrictRequestDecoder decoder) {
        heads.put(connection, decoder);
    }

    void closed(HttpConnection connection) {
        heads.remove(connection);
        answerDeadlines.remove(connection);
    }

    /** An answer of so many bytes did not go out at once. */
    void answering(HttpConnection connection, long bytes, long nowNanos) {
        long nanos = answerTimeoutNanos + bytes * 1_000_000_000L / MIN_ANSWER_BYTES_PER_SECOND;
        answerDeadlines.put(connection, nowNanos + nanos);
        if (!heads.containsKey(connection)) {
            answerDeadlines.remove(connection);
        }
    }

    void answered(HttpConnection connection) {
        answerDeadlines.remove(connection);
    }

    /** Closes the connections of slow clients. */
    void sweep(long nowNanos) {
        heads.forEach((connection, decoder) -> {
            long since = decoder.headSinceNanos();
            if (since != 0 && nowNanos - since > headTimeoutNanos) {
                connection.close();
            }
        });
        answerDeadlines.forEach((connection, deadline) -> {
            if (nowNanos - deadline > 0) {
                connection.close();
            }
        });
    }
}
