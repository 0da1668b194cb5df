package dev.tarn.catalog.rest;

import dev.tarn.catalog.credentials.Delegation;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns stored replies into responses. Thread-safe. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private final TableBodies bodies;
    private final ViewBodies views;
    private final FunctionBodies functions;
    private final DelegatedAccess access;

    Replies(TableBodies bodies, ViewBodies views, FunctionBodies functions, DelegatedAccess access) {
        this.bodies = bodies;
        this.views = views;
        this.functions = functions;
        this.access = access;
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
            case TABLE -> table(reply.content(), request);
            case UNREGISTERED_TABLE -> bodies.forgotten(reply.content());
            case VIEW -> views.load(reply.content());
            case FUNCTION -> functions.load(reply.content());
            case STAGED_TABLE -> bodies.staged(reply.content(), access.ofStaged(request, reply.content()));
        };
    }

    private Response table(String metadataLocation, RestRequest request) {
        // The answer to a commit carries no access, by the protocol.
        Delegation delegation =
                request.namesTable() ? Delegation.NONE : ofDone(() -> access.of(request, metadataLocation));
        return bodies.load(metadataLocation, TableBodies.Snapshots.ALL, delegation);
    }

    /** What is done must not look failed because access to it cannot be given at the moment: the client loads it again. */
    private static Delegation ofDone(Supplier<Delegation> delegation) {
        try {
            return delegation.get();
        } catch (TarnException e) {
            LOG.warn("A table was made, but its answer goes without access to its files: {}", e.getMessage());
            return Delegation.NONE;
        }
    }
}
