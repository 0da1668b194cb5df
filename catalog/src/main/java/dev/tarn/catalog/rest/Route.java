package dev.tarn.catalog.rest;

import dev.tarn.catalog.http.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * One operation of the protocol.
 *
 * @param method HTTP method
 * @param template path as the protocol writes it, with names in braces
 * @param action answers, possibly later
 */
record Route(String method, String template, Function<RestRequest, CompletionStage<Response>> action) {
    /** A route that answers at once. */
    static Route of(String method, String template, Function<RestRequest, Response> action) {
        return new Route(method, template, request -> CompletableFuture.completedFuture(action.apply(request)));
    }

    /** As the config answer lists it. */
    String endpoint() {
        return method + " " + template;
    }
}
