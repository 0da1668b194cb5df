package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * One page of a list of names in order. A token holds the last name of the page before, so that pages stay right while
 * names come and go. Without a token or size everything comes at once, as the protocol demands of a server.
 *
 * @param after only names behind this one
 * @param size at most so many names
 * @param isPaged whether the client asked for pages
 */
record Pages(String after, int size, boolean isPaged) {
    /** Larger pages would only delay the first name. */
    private static final int MAX_SIZE = 1_000;

    /** A screen or two. */
    private static final int DEFAULT_SIZE = 100;

    private static final String TOKEN_PREFIX = "1:";

    static Pages of(RestRequest request) {
        Optional<String> token = request.parameter("pageToken");
        Optional<String> size = request.parameter("pageSize");
        boolean paged = token.isPresent() || size.isPresent();
        return new Pages(
                token.filter(value -> !value.isEmpty()).map(Pages::decode).orElse(""),
                size.map(Pages::size).orElse(paged ? MAX_SIZE : Integer.MAX_VALUE - 1),
                paged);
    }

    /** A page even for clients that did not ask for one: for lists that no protocol wants at once. */
    static Pages always(RestRequest request) {
        Pages asked = of(request);
        return asked.isPaged() ? asked : new Pages("", DEFAULT_SIZE, true);
    }

    /** Names to ask the store for: one more than are shown, to know whether another page follows. */
    int limit() {
        return size + 1;
    }

    /** Writes the names of this page and the token of the next. */
    void write(ObjectNode body, String field, List<String> names, Function<String, Object> entry) {
        boolean more = names.size() > size;
        List<String> shown = more ? names.subList(0, size) : names;
        body.set(field, Json.node(shown.stream().map(entry).toList()));
        if (more) {
            body.put("next-page-token", encode(shown.get(shown.size() - 1)));
        } else {
            body.putNull("next-page-token");
        }
    }

    private static int size(String text) {
        try {
            int size = Integer.parseInt(text);
            if (size >= 1) {
                return Math.min(size, MAX_SIZE);
            }
        } catch (NumberFormatException e) {
            throw new BadRequestException(e, "Query parameter 'pageSize' must be a whole number of at least 1");
        }
        throw new BadRequestException("Query parameter 'pageSize' must be a whole number of at least 1");
    }

    private static String encode(String name) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((TOKEN_PREFIX + name).getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(TOKEN_PREFIX) && text.indexOf('\0') < 0) {
                return text.substring(TOKEN_PREFIX.length());
            }
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e, "The pageToken is not one that this server gave");
        }
        throw new BadRequestException("The pageToken is not one that this server gave");
    }
}
