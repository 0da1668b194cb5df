package dev.tarn.catalog.rest;

import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.store.StoredReply;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Turns stored replies into responses. Thread-safe. */
final class Replies {
    private final TableBodies bodies;
    private final ViewBodies views;
    private final FunctionBodies functions;

    Replies(TableBodies bodies, ViewBodies views, FunctionBodies functions) {
        this.bodies = bodies;
        this.views = views;
        this.functions = functions;
    }

    static Response json(Object body) {
        return Response.of(200, "application/json", Json.bytes(body));
    }

    static Response noContent() {
        return Response.empty(204, Map.of());
    }

    Response render(StoredReply reply, RestRequest request) {
        return switch (reply.form()) {
            case EMPTY -> Response.empty(reply.status(), Map.of());
            case JSON ->
                Response.of(reply.status(), "application/json", reply.content().getBytes(StandardCharsets.UTF_8));
            case TABLE -> bodies.load(reply.content(), TableBodies.Snapshots.ALL, bodies.delegation(request));
            case UNREGISTERED_TABLE -> bodies.forgotten(reply.content());
            case VIEW -> views.load(reply.content());
            case FUNCTION -> functions.load(reply.content());
            case STAGED_TABLE -> bodies.staged(reply.content(), bodies.delegation(request));
        };
    }
}
