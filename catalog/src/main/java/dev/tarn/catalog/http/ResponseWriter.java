package dev.tarn.catalog.http;

import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/** Puts responses on the wire without copying their bodies. Runs on event loops. */
final class ResponseWriter {
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");
    private static final CharSequence ACCEPT_ENCODING = HttpHeaders.createOptimized("accept-encoding");

    /** The answer to a change is read once, so that compressing a small one costs more than it saves. */
    private static final long MIN_GZIP_BYTES_OF_A_CHANGE = 64 * 1024;

    /** What becomes of the connection after a response. */
    enum Connection {
        /** It waits for the next request. */
        KEEP,
        /** The client is told to send no more. */
        CLOSE
    }

    private ResponseWriter() {}

    /** Whether this response goes out compressed. */
    static boolean isGzip(HttpServerRequest request, Response response) {
        return response.isCompressible()
                && !HttpMethod.HEAD.equals(request.method())
                && AcceptEncoding.acceptsGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING))
                && (HttpMethod.GET.equals(request.method())
                        || response.body().isCompressed()
                        || response.body().length() >= MIN_GZIP_BYTES_OF_A_CHANGE);
    }

    /**
     * Sends a response, unless the client has gone or has an answer already.
     *
     * @return done when all of it has left this process
     */
    static Future<Void> write(HttpServerRequest request, Response response, boolean gzip, Connection connection) {
        HttpServerResponse out = request.response();
        if (out.closed() || out.ended()) {
            return Future.succeededFuture();
        }
        out.setStatusCode(response.status());
        CharSequence[] headers = response.encodedHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            out.putHeader(headers[i], headers[i + 1]);
        }
        if (connection == Connection.CLOSE) {
            out.putHeader(HttpHeaders.CONNECTION, CLOSE);
        }
        if (response.body().length() == 0 || HttpMethod.HEAD.equals(request.method())) {
            return out.end();
        }
        if (response.isCompressible()) {
            out.putHeader(HttpHeaders.VARY, ACCEPT_ENCODING);
        }
        if (gzip) {
            out.putHeader(HttpHeaders.CONTENT_ENCODING, GZIP);
        }
        return out.end(wrapped(gzip ? response.body().gzip() : response.body().plain()));
    }

    private static Buffer wrapped(List<byte[]> parts) {
        return parts.size() == 1
                ? BufferImpl.buffer(Unpooled.wrappedBuffer(parts.get(0)))
                : BufferImpl.buffer(Unpooled.wrappedBuffer(parts.size(), parts.toArray(new byte[0][])));
    }
}
