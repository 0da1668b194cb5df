package dev.tarn.catalog.http;

import java.util.Map;
import java.util.Optional;

/**
 * A request as it came over the wire, its body inflated.
 *
 * @param method in capitals
 * @param path raw: still percent-encoded
 * @param query raw, empty where there is none
 * @param headers by lower-case name, not copied: whoever makes a request changes them no more
 * @param body never changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // Requests are passed on, never compared.
public record Request(String method, String path, String query, Map<String, String> headers, byte[] body) {
    /** A header by its lower-case name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** Path and query as they stood in the request line. */
    public String target() {
        return query.isEmpty() ? path : path + '?' + query;
    }
}
