package dev.tarn.catalog.http;

import java.util.Map;

/**
 * What goes back over the wire.
 *
 * @param status HTTP status
 * @param headers as they are to be sent
 * @param body bytes to send, empty for none
 * @param gzipBody the same bytes compressed, sent to clients that accept gzip; empty where there are none
 */
@SuppressWarnings("ArrayRecordComponent") // Responses are passed on, never compared.
public record Response(int status, Map<String, String> headers, byte[] body, byte[] gzipBody) {
    private static final byte[] NOTHING = {};

    /** Copies the headers. */
    public Response {
        headers = Map.copyOf(headers);
    }

    /** A response without a body. */
    public static Response empty(int status, Map<String, String> headers) {
        return new Response(status, headers, NOTHING, NOTHING);
    }

    /** A response with a body that is not worth compressing. */
    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, Map.of("content-type", contentType), body, NOTHING);
    }
}
