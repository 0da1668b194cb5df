package dev.tarn.catalog.http;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Answers requests. Thread-safe. */
public interface RequestHandler {
    /** Answers on a worker thread, where it may block; may throw what {@link #failure} understands. */
    CompletionStage<Response> handle(Request request);

    /**
     * Answers a request without a body on an event loop, from what is in memory; absent if that is not enough, and then
     * {@link #handle} is asked. Never blocks, never throws.
     */
    default Optional<Response> answerFromMemory(Request request) {
        return Optional.empty();
    }

    /** The largest body of a request, after decompression, in bytes; the edge has a limit for all on top of it. */
    default long maxBodyBytes(String method, String path) {
        return Long.MAX_VALUE;
    }

    /** What to answer when handling failed. */
    Response failure(Throwable failure);
}
