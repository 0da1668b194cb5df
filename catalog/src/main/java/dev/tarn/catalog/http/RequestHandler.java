package dev.tarn.catalog.http;

import java.util.concurrent.CompletionStage;

/** Answers requests. Thread-safe. */
public interface RequestHandler {
    /** Answers on a worker thread, where it may block; may throw what {@link #failure} understands. */
    CompletionStage<Response> handle(Request request);

    /** What to answer when handling failed. */
    Response failure(Throwable failure);
}
