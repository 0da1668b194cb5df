package dev.tarn.catalog.http;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The HTTP/1.1 server. Event loops move bytes and give answers that are ready in memory; all other requests are handled on
 * the workers. Thread-safe; whoever starts it closes it. Does not own the workers.
 */
public final class HttpEdge implements AutoCloseable {
    private static final long START_TIMEOUT_SECONDS = 10;

    /** How often slow clients are looked for. */
    private static final long SWEEP_MILLIS = 500;

    private static final byte[] NO_BODY = {};

    private final Vertx vertx;
    private final HttpServerOptions options;
    private final HttpServer server;
    private final ConnectionWatch watch;
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
        this.watch = new ConnectionWatch(limits);
        this.options = new HttpServerOptions()
                .setMaxInitialLineLength(Math.toIntExact(limits.maxRequestLine().bytes()))
                .setMaxHeaderSize(Math.toIntExact(limits.maxHeaders().bytes()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(limits.idleTimeout().toMillis()))
                .setHttp2ClearTextEnabled(false)
                .setTcpNoDelay(true);
        this.server = vertx.createHttpServer(options);
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
        edge.server
                .connectionHandler(edge::onConnection)
                .invalidRequestHandler(edge::onInvalidRequest)
                .requestHandler(edge::onRequest);
        long unused = vertx.setPeriodic(SWEEP_MILLIS, id -> edge.watch.sweep(System.nanoTime()));
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

    /** How many connections are open. */
    int openConnections() {
        return connections.get();
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
        StrictRequestDecoder decoder = new StrictRequestDecoder(options);
        ((ConnectionBase) connection).channel().pipeline().replace(HttpRequestDecoder.class, "decoder", decoder);
        watch.opened(connection, decoder);
        connection.closeHandler(closed -> {
            connections.decrementAndGet();
            watch.closed(connection);
        });
        if (connections.incrementAndGet() > limits.maxConnections()) {
            connection.close();
        }
    }

    /** What the decoder could not read: nothing behind it on this connection can be trusted. */
    private void onInvalidRequest(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        refuse(request, invalid(cause));
    }

    private EdgeException invalid(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new EdgeException(414, "The request line must not be longer than " + limits.maxRequestLine());
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new EdgeException(431, "The headers of a request must not be longer than " + limits.maxHeaders());
        }
        return new EdgeException(400, "This is no valid HTTP/1.1 request: " + cause.getMessage());
    }

    private void onRequest(HttpServerRequest request) {
        if (((ConnectionBase) request.connection()).isNotWritable()) {
            // The client sends without reading: its answers would pile up in memory.
            ConnectionWatch.cut(request.connection());
            return;
        }
        String encoding = request.getHeader(HttpHeaders.TRANSFER_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("chunked")) {
            refuse(request, new EdgeException(400, "Transfer-Encoding must be chunked"));
        } else if (!request.uri().startsWith("/")) {
            refuse(request, new EdgeException(400, "The request line must name a path that begins with a slash"));
        } else if (encoding == null && hasNoBody(request)) {
            answerNow(request);
        } else {
            receiveBody(request);
        }
    }

    private static boolean hasNoBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null || length.equals("0");
    }

    private void answerNow(HttpServerRequest request) {
        Request received = received(request, NO_BODY);
        Optional<Response> ready = handler.answerFromMemory(received);
        if (ready.isEmpty()) {
            dispatch(request, vertx.getOrCreateContext(), () -> handler.handle(received));
            return;
        }
        Response response = ready.get();
        boolean gzip = ResponseWriter.isGzip(request, response);
        if (gzip && !response.body().isCompressed()) {
            dispatch(request, vertx.getOrCreateContext(), () -> CompletableFuture.completedFuture(response));
            return;
        }
        write(request, response, gzip);
    }

    private void receiveBody(HttpServerRequest request) {
        String path = path(request);
        DataSize maxBytes = new DataSize(Math.min(
                limits.maxBody().bytes(), handler.maxBodyBytes(request.method().name(), path)));
        if (isAnnouncedBeyond(request, maxBytes.bytes())) {
            refuse(request, new BodyTooLargeException(maxBytes));
            return;
        }
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
        Buffer body = Buffer.buffer();
        Context context = vertx.getOrCreateContext();
        long timer = vertx.setTimer(limits.bodyTimeout().toMillis(), id -> ConnectionWatch.cut(request.connection()));
        request.exceptionHandler(failure -> vertx.cancelTimer(timer));
        request.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes.bytes()) {
                vertx.cancelTimer(timer);
                request.handler(ignored -> {}).endHandler(ignored -> {});
                refuse(request, new BodyTooLargeException(maxBytes));
                return;
            }
            body.appendBuffer(chunk);
        });
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
            dispatch(
                    request,
                    context,
                    () -> handler.handle(received(request, Inflater.inflate(encoding, body.getBytes(), maxBytes))));
        });
    }

    private static boolean isAnnouncedBeyond(HttpServerRequest request, long maxBytes) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        // The decoder accepts digits only; a number of 19 digits or more is beyond every limit.
        return length != null && (length.length() > 18 || Long.parseLong(length) > maxBytes);
    }

    private void refuse(HttpServerRequest request, RuntimeException reason) {
        LingeringClose.on(((ConnectionBase) request.connection()).channel());
        request.response().endHandler(ended -> request.connection().close());
        Future<Void> unused =
                ResponseWriter.write(request, handler.failure(reason), false, ResponseWriter.Connection.CLOSE);
    }

    private void dispatch(HttpServerRequest request, Context context, Supplier<CompletionStage<Response>> work) {
        inFlight.begin();
        try {
            workers.execute(() -> handle(request, context, work));
        } catch (RejectedExecutionException e) {
            inFlight.end();
            write(
                    request,
                    handler.failure(new TarnException(ErrorKind.OVERLOADED, "Too many requests wait; try again", e)),
                    false);
        }
    }

    private void handle(HttpServerRequest request, Context context, Supplier<CompletionStage<Response>> work) {
        try {
            work.get()
                    .whenComplete((response, failure) ->
                            answer(request, context, failure == null ? response : handler.failure(unwrapped(failure))));
        } catch (RuntimeException | Error e) {
            answer(request, context, handler.failure(e));
        }
    }

    private void answer(HttpServerRequest request, Context context, Response response) {
        boolean gzip = ResponseWriter.isGzip(request, response);
        if (gzip) {
            // Done here, where it may take its time, and kept for the event loop.
            List<byte[]> unused = response.body().gzip();
        }
        context.runOnContext(ignored -> {
            try {
                write(request, response, gzip);
            } finally {
                inFlight.end();
            }
        });
    }

    private void write(HttpServerRequest request, Response response, boolean gzip) {
        Future<Void> sent = ResponseWriter.write(
                request, response, gzip, draining ? ResponseWriter.Connection.CLOSE : ResponseWriter.Connection.KEEP);
        HttpConnection connection = request.connection();
        if (((ConnectionBase) connection).isNotWritable() && !sent.isComplete()) {
            watch.answering(connection, response.body().length(), System.nanoTime());
            sent.onComplete(ended -> watch.answered(connection));
        }
    }

    private static Request received(HttpServerRequest request, byte[] body) {
        return new Request(
                request.method().name(),
                path(request),
                request.query() == null ? "" : request.query(),
                new HeaderView(request.headers()),
                body);
    }

    private static String path(HttpServerRequest request) {
        return request.path() == null ? "" : request.path();
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
