package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.http.Response;
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
    /** A route that answers at once, for callers with a privilege on what the path names. */
    static Route of(String method, String template, Privilege privilege, Function<RestRequest, Response> action) {
        return of(method, template, Guard.path(privilege), action);
    }

    /** A route that answers at once. */
    static Route of(String method, String template, Guard guard, Function<RestRequest, Response> action) {
        return new Route(method, template, guard, request -> CompletableFuture.completedFuture(action.apply(request)));
    }

    /** As the config answer lists it. */
    String endpoint() {
        return method + " " + template;
    }
}
