package dev.tarn.catalog.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.auth.Caller;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.Response;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What requests were found to mean, by path and query as they came: enough to answer the same request again from memory,
 * on an event loop. It holds no answers and decides nothing: who asks, what they may do and which version is current are
 * looked up each time. Belongs to one warehouse, and ends with its routes. Thread-safe.
 */
final class WarmAnswers {
    /** Some hundred bytes each; a request that falls out is understood anew. */
    private static final int MAX_TARGETS = 50_000;

    private final Cache<String, Warm> byTarget =
            Caffeine.newBuilder().maximumSize(MAX_TARGETS).build();

    /**
     * A request that was understood before.
     *
     * @param route for the metrics
     * @param mayInMemory whether a caller may certainly do this
     * @param answer from memory, absent if that is not enough; never blocks
     */
    record Warm(Route route, Predicate<Caller> mayInMemory, Function<Request, Optional<Response>> answer) {}

    /** Remembers what the target of an answered request means. */
    void remember(Request request, Warm warm) {
        byTarget.put(request.target(), warm);
    }

    /** What a target means, absent if it was not asked for lately. */
    Optional<Warm> find(String target) {
        return Optional.ofNullable(byTarget.getIfPresent(target));
    }
}
