package dev.tarn.catalog.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds clients that keep a connection busy by being slow: a head that never ends, an answer that is never read. Looks at
 * all connections now and then, so that a request that is not slow costs nothing. Thread-safe.
 */
final class ConnectionWatch {
    private final long headTimeoutNanos;
    private final long answerTimeoutNanos;
    private final long minAnswerRate;
    private final Map<HttpConnection, StrictRequestDecoder> heads = new ConcurrentHashMap<>();
    private final Map<HttpConnection, Long> answerDeadlines = new ConcurrentHashMap<>();

    ConnectionWatch(HttpLimits limits) {
        this.headTimeoutNanos = limits.headTimeout().toNanos();
        this.answerTimeoutNanos = limits.bodyTimeout().toNanos();
        this.minAnswerRate = limits.minAnswerRate().bytes();
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
        long nanos = answerTimeoutNanos + bytes * 1_000_000_000L / minAnswerRate;
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
                cut(connection);
            }
        });
        answerDeadlines.forEach((connection, deadline) -> {
            if (nowNanos - deadline > 0) {
                cut(connection);
            }
        });
    }

    /**
     * Ends a connection at once. An orderly close would wait until the client has taken what is on its way; it is passed by
     * when the close begins at the handler next to the socket.
     */
    static void cut(HttpConnection connection) {
        ChannelHandlerContext first =
                ((ConnectionBase) connection).channel().pipeline().firstContext();
        if (first != null) {
            ChannelFuture unused = first.close();
        }
    }
}
