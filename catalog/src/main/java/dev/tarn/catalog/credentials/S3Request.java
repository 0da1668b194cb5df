package dev.tarn.catalog.credentials;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.rest.requests.RemoteSignRequest;

/**
 * A request to the store, taken apart once: what is decided upon is what gets signed.
 *
 * @param method in capitals
 * @param host host without its port
 * @param path the one encoding of the path
 * @param key the object; empty for a request about the bucket
 * @param query decoded, by name
 * @param headers by lower-case name
 * @param body sent along only where its content has to be decided upon
 */
record S3Request(
        String method,
        String host,
        String path,
        String key,
        SortedMap<String, String> query,
        Map<String, List<String>> headers,
        String body) {
    /** More than any client sends; a bound for the work of one signature. */
    private static final int MAX_HEADERS = 100;

    /** Copies the collections. */
    S3Request {
        query = Collections.unmodifiableSortedMap(new TreeMap<>(query));
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }

    /**
     * Takes a request apart.
     *
     * @throws ForbiddenException if it does not go to the bucket
     * @throws BadRequestException if it is malformed or could be understood in two ways
     */
    static S3Request of(RemoteSignRequest request, S3Endpoint endpoint) {
        URI uri = request.uri();
        S3Endpoint.Style style = endpoint.style(uri, request.region());
        String raw = Optional.ofNullable(uri.getRawPath()).orElse("");
        String decoded = UriText.decode("path", raw);
        if (!decoded.startsWith("/")) {
            throw new BadRequestException("The path to sign must begin with a slash");
        }
        String rest = decoded.substring(1);
        String key = rest;
        if (style == S3Endpoint.Style.PATH) {
            int slash = rest.indexOf('/');
            String bucket = slash < 0 ? rest : rest.substring(0, slash);
            if (!bucket.equals(endpoint.bucket())) {
                throw new ForbiddenException("The catalog signs requests to the bucket '%s' only", endpoint.bucket());
            }
            key = slash < 0 ? "" : rest.substring(slash + 1);
        }
        if (!key.isEmpty()) {
            UriText.checkKey("key", key);
        }
        return new S3Request(
                request.method().toUpperCase(Locale.ROOT),
                uri.getHost().toLowerCase(Locale.ROOT),
                UriText.encodePath(decoded),
                key,
                query(Optional.ofNullable(uri.getRawQuery()).orElse("")),
                headers(request.headers()),
                Optional.ofNullable(request.body()).orElse(""));
    }

    /** The one encoding of the query, empty where there is none. */
    String encodedQuery() {
        StringBuilder encoded = new StringBuilder();
        query.forEach((name, value) -> encoded.append(encoded.length() == 0 ? "" : "&")
                .append(UriText.encode(name))
                .append('=')
                .append(UriText.encode(value)));
        return encoded.toString();
    }

    private static SortedMap<String, String> query(String raw) {
        SortedMap<String, String> query = new TreeMap<>();
        if (raw.indexOf('+') >= 0) {
            throw new BadRequestException("The query must not hold plus signs: percent-encode them");
        }
        for (String pair : raw.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = UriText.decode("query", equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : UriText.decode("query", pair.substring(equals + 1));
            if (query.put(name, value) != null) {
                throw new BadRequestException("The query gives '%s' twice", name);
            }
        }
        return query;
    }

    private static Map<String, List<String>> headers(Map<String, List<String>> given) {
        if (given.size() > MAX_HEADERS) {
            throw new BadRequestException("A request to sign may have at most %s headers", MAX_HEADERS);
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        given.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.matches("[a-z0-9!#$%&'*+.^_`|~-]+")) {
                throw new BadRequestException("A header of the request to sign has a malformed name");
            }
            if (values.stream().anyMatch(value -> value.codePoints().anyMatch(Character::isISOControl))) {
                throw new BadRequestException("Header '%s' must not hold control characters", lower);
            }
            if (headers.put(lower, List.copyOf(values)) != null) {
                throw new BadRequestException("Header '%s' is given twice", lower);
            }
        });
        return headers;
    }
}
