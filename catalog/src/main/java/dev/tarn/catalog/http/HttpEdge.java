package dev.tarn.catalog.http;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 server. Event loops only move bytes; requests are handled on the workers. Thread-safe; whoever starts it
 * closes it. Does not own the workers.
 */
public final class HttpEdge implements AutoCloseable {
    private static final long START_TIMEOUT_SECONDS = 10;

    private final Vertx vertx;
    private final HttpServer server;
    private final HttpLimits limits;
    private final RequestHandler handler;
    private final Executor workers;
    private final AtomicInteger connections = new AtomicInteger();
    private final InFlight inFlight = new InFlight();
    private volatile boolean draining;

    private HttpEdge(Vertx vertx, HttpLimits limits, RequestHandler handler, Executor workers) {
        this.vertx = vertx;
        this.limits = limits;
        this.handler = handler;
        this.workers = workers;
        this.server = vertx.createHttpServer(new HttpServerOptions()
                .setMaxInitialLineLength(Math.toIntExact(limits.maxRequestLine().bytes()))
                .setMaxHeaderSize(Math.toIntExact(limits.maxHeaders().bytes()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(limits.idleTimeout().toMillis()))
                .setHttp2ClearTextEnabled(false)
                .setTcpNoDelay(true));
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for any free port
     * @throws TarnException UNAVAILABLE if the address cannot be used
     */
    public static HttpEdge start(String host, int port, HttpLimits limits, RequestHandler handler, Executor workers) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        HttpEdge edge = new HttpEdge(vertx, limits, handler, workers);
        edge.server.connectionHandler(edge::onConnection).requestHandler(edge::onRequest);
        try {
            edge.server
                    .listen(port, host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return edge;
        } catch (ExecutionException | TimeoutException e) {
            edge.close();
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot listen on %s port %d (%s); stop what uses it or set 'catalog.port' to another port, 0 for any"
                            .formatted(host, port, reason(e)),
                    e);
        } catch (InterruptedException e) {
            edge.close();
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while the HTTP server started", e);
        }
    }

    private static String reason(Exception failure) {
        Throwable cause = failure.getCause();
        return cause == null || cause.getMessage() == null
                ? "no answer within %d s".formatted(START_TIMEOUT_SECONDS)
                : cause.getMessage();
    }

    /** The port in use. */
    public int port() {
        return server.actualPort();
    }

    /** Whether requests are still welcome. */
    public boolean isDraining() {
        return draining;
    }

    /** Asks clients to go elsewhere, and waits until the requests that run are answered. */
    public void drain(Duration atMost) {
        draining = true;
        inFlight.awaitNone(atMost);
    }

    @Override
    public void close() {
        draining = true;
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(START_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The HTTP server did not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onConnection(HttpConnection connection) {
        if (connections.incrementAndGet() > limits.maxConnections()) {
            connection.close();
        }
        connection.closeHandler(closed -> connections.decrementAndGet());
    }

    private void onRequest(HttpServerRequest request) {
        long maxBytes = limits.maxBody().bytes();
        Buffer body = Buffer.buffer();
        Context context = vertx.getOrCreateContext();
        long timer = vertx.setTimer(
                limits.bodyTimeout().toMillis(), id -> request.connection().close());
        request.exceptionHandler(failure -> vertx.cancelTimer(timer));
        request.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes) {
                vertx.cancelTimer(timer);
                request.handler(ignored -> {}).endHandler(ignored -> {});
                refuse(request, new BodyTooLargeException(limits.maxBody()));
                return;
            }
            body.appendBuffer(chunk);
        });
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            dispatch(request, body.getBytes(), context);
        });
    }

    private void refuse(HttpServerRequest request, RuntimeException reason) {
        request.response().putHeader("connection", "close");
        request.response().endHandler(ended -> request.connection().close());
        write(request, handler.failure(reason));
    }

    private void dispatch(HttpServerRequest request, byte[] rawBody, Context context) {
        inFlight.begin();
        try {
            workers.execute(() -> handle(request, rawBody, context));
        } catch (RejectedExecutionException e) {
            inFlight.end();
            write(
                    request,
                    handler.failure(new TarnException(ErrorKind.OVERLOADED, "Too many requests wait; try again", e)));
        }
    }

    private void handle(HttpServerRequest request, byte[] rawBody, Context context) {
        try {
            handler.handle(new Request(
                            request.method().name(),
                            request.path() == null ? "" : request.path(),
                            request.query() == null ? "" : request.query(),
                            headers(request),
                            Inflater.inflate(request.getHeader("content-encoding"), rawBody, limits.maxBody())))
                    .whenComplete((response, failure) ->
                            answer(request, context, failure == null ? response : handler.failure(unwrapped(failure))));
        } catch (RuntimeException | Error e) {
            answer(request, context, handler.failure(e));
        }
    }

    private void answer(HttpServerRequest request, Context context, Response response) {
        context.runOnContext(ignored -> {
            try {
                write(request, response);
            } finally {
                inFlight.end();
            }
        });
    }

    private void write(HttpServerRequest request, Response response) {
        HttpServerResponse out = request.response();
        if (out.closed() || out.ended()) {
            return;
        }
        out.setStatusCode(response.status());
        response.headers().forEach(out::putHeader);
        if (draining) {
            out.putHeader("connection", "close");
        }
        if (response.body().length == 0 || HttpMethod.HEAD.equals(request.method())) {
            out.end();
            return;
        }
        boolean gzip = response.gzipBody().length > 0 && acceptsGzip(request.getHeader("accept-encoding"));
        if (response.gzipBody().length > 0) {
            out.putHeader("vary", "accept-encoding");
        }
        if (gzip) {
            out.putHeader("content-encoding", "gzip");
        }
        out.end(Buffer.buffer(gzip ? response.gzipBody() : response.body()));
    }

    private static boolean acceptsGzip(@Nullable String header) {
        return header != null
                && header.toLowerCase(Locale.ROOT).contains("gzip")
                && !header.replace(" ", "").toLowerCase(Locale.ROOT).contains("gzip;q=0,");
    }

    private static Map<String, String> headers(HttpServerRequest request) {
        Map<String, String> headers = new HashMap<>();
        // A header that comes twice is a list, as RFC 9110 says; where a list makes no sense nobody takes either value.
        request.headers()
                .forEach((name, value) ->
                        headers.merge(name.toLowerCase(Locale.ROOT), value, (first, second) -> first + ", " + second));
        return headers;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
