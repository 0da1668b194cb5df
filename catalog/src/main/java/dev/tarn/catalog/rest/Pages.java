package dev.tarn.catalog.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.catalog.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * One page of a list of names in order. A token holds the last name of the page before, so that pages stay right while
 * names come and go. Without a token or size everything comes in one answer, as the
 * protocol demands of a server; it is fetched page by page, so that nothing but the answer itself is held.
 *
 * @param after only names behind this one
 * @param size at most so many names; of a list that comes whole, so many are fetched at a time
 * @param isPaged whether the client asked for pages
 */
record Pages(String after, int size, boolean isPaged) {
    /** Larger pages would only delay the first name. */
    private static final int MAX_SIZE = 1_000;

    /** A screen or two. */
    private static final int DEFAULT_SIZE = 100;

    /** About a million names: clients that have more must page. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private static final String TOKEN_PREFIX = "1:";

    static Pages of(RestRequest request) {
        Optional<String> token = request.parameter("pageToken");
        Optional<String> size = request.parameter("pageSize");
        boolean paged = token.isPresent() || size.isPresent();
        return new Pages(
                token.filter(value -> !value.isEmpty()).map(Pages::decode).orElse(""),
                size.map(Pages::size).orElse(MAX_SIZE),
                paged);
    }

    /** A page even for clients that did not ask for one: for lists that no protocol wants at once. */
    static Pages always(RestRequest request) {
        Pages asked = of(request);
        return asked.isPaged() ? asked : new Pages("", DEFAULT_SIZE, true);
    }

    /** Fetches what has names, in their order: what is behind a name, at most so many. */
    interface Source<T> {
        List<T> list(String after, int limit);
    }

    /** The answer with names; see {@link #respond(String, Source, Function, Function)}. */
    Response respond(String field, Source<String> source, Function<String, Object> entry) {
        return respond(field, source, Function.identity(), entry);
    }

    /**
     * The answer with what is on this page, and the token of the next.
     *
     * @param field of the answer that holds the entries
     * @param name what an entry is found by
     * @param entry what stands for it
     */
    <T> Response respond(String field, Source<T> source, Function<T, String> name, Function<T, Object> entry) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart(field);
            String last = after;
            boolean more = true;
            while (more) {
                List<T> found = source.list(last, size + 1);
                more = found.size() > size;
                for (T one : more ? found.subList(0, size) : found) {
                    json.writePOJO(entry.apply(one));
                    last = name.apply(one);
                }
                if (isPaged) {
                    break;
                }
                if (out.size() > MAX_ANSWER_BYTES) {
                    throw new BadRequestException(
                            "The list is longer than %s bytes: ask for pages of it", MAX_ANSWER_BYTES);
                }
            }
            json.writeEndArray();
            if (more) {
                json.writeStringField("next-page-token", encode(last));
            } else {
                json.writeNullField("next-page-token");
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("Memory can always be written to", e);
        }
        return Response.of(200, "application/json", out.toByteArray());
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
