package dev.tarn.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * What cannot be beaten on the same web framework: a server that answers every GET with bytes it was given by POST, and
 * does nothing else. Serves until its process is ended.
 */
final class FloorNode {
    private FloorNode() {}

    /** Starts and serves. */
    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        Map<String, Buffer> bodies = new ConcurrentHashMap<>();
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {
                    if (request.method().name().equals("POST")) {
                        request.bodyHandler(body -> {
                            bodies.put(request.path(), body);
                            request.response().end();
                        });
                        return;
                    }
                    Buffer body = bodies.get(request.path());
                    if (body == null) {
                        request.response().setStatusCode(304).end();
                    } else {
                        request.response()
                                .putHeader("content-type", "application/json")
                                .end(body);
                    }
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        System.out.println("ready http://127.0.0.1:" + server.actualPort());
        Thread.currentThread().join();
    }
}
