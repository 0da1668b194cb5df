package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.http.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * One operation of the protocol.
 *
 * @param method HTTP method
 * @param template path as the protocol writes it, with names in braces
 * @param guard who may ask
 * @param action answers, possibly later
 */
record Route(String method, String template, Guard guard, Function<RestRequest, CompletionStage<Response>> action) {
    /** Stands in the templates of the protocol, and for nothing on this server. */
    private static final String PREFIX = "/{prefix}";

    /** A route that answers at once, for callers with a privilege on what the path names. */
    static Route of(String method, String template, Privilege privilege, Function<RestRequest, Response> action) {
        return of(method, template, Guard.path(privilege), action);
    }

    /** A route that answers at once. */
    static Route of(String method, String template, Guard guard, Function<RestRequest, Response> action) {
        return new Route(method, template, guard, request -> CompletableFuture.completedFuture(action.apply(request)));
    }

    /** The raw segments by name if the path is one of this route. */
    Optional<Map<String, String>> match(List<String> segments) {
        List<String> expected = PathDecoder.segments(template.replace(PREFIX, ""));
        if (expected.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < expected.size(); i++) {
            String part = expected.get(i);
            if (part.startsWith("{")) {
                variables.put(part.substring(1, part.length() - 1), segments.get(i));
            } else if (!part.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }

    /** As the config answer lists it. */
    String endpoint() {
        return method + " " + template;
    }
}
