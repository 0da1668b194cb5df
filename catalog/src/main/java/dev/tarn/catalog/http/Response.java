package dev.tarn.catalog.http;

import dev.tarn.catalog.bytes.Pieces;
import io.vertx.core.http.HttpHeaders;
import java.util.Map;

/**
 * What goes back over the wire. Immutable, and cheap to send many times: its headers are encoded once, its body is never
 * copied.
 */
public final class Response {
    private final int status;
    private final Map<String, String> headers;
    private final Pieces body;
    private final Compression compression;
    private final CharSequence[] encodedHeaders;

    /** Whether a body may be sent in gzip. */
    private enum Compression {
        /** Not worth it. */
        NEVER,
        /** To clients that accept it. */
        IF_ACCEPTED
    }

    private Response(int status, Map<String, String> headers, Pieces body, Compression compression) {
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
        this.compression = compression;
        this.encodedHeaders = encoded(this.headers);
    }

    /** A response without a body. */
    public static Response empty(int status, Map<String, String> headers) {
        return new Response(status, headers, Pieces.EMPTY, Compression.NEVER);
    }

    /** A response with a body that is not worth compressing. */
    public static Response of(int status, String contentType, byte[] body) {
        return of(status, Map.of("content-type", contentType), body);
    }

    /** A response with a body that is not worth compressing. */
    public static Response of(int status, Map<String, String> headers, byte[] body) {
        return new Response(status, headers, Pieces.of(body), Compression.NEVER);
    }

    /** A response whose body is sent in gzip to clients that accept it. */
    public static Response of(int status, Map<String, String> headers, Pieces body) {
        return new Response(status, headers, body, Compression.IF_ACCEPTED);
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Headers as they are to be sent. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The body, uncompressed; empty for none. */
    public Pieces body() {
        return body;
    }

    boolean isCompressible() {
        return compression == Compression.IF_ACCEPTED && body.length() > 0;
    }

    /** Names and values in turn, ready for the wire. */
    CharSequence[] encodedHeaders() {
        return encodedHeaders;
    }

    private static CharSequence[] encoded(Map<String, String> headers) {
        CharSequence[] encoded = new CharSequence[headers.size() * 2];
        int i = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            encoded[i++] = HttpHeaders.createOptimized(header.getKey());
            encoded[i++] = HttpHeaders.createOptimized(header.getValue());
        }
        return encoded;
    }
}
