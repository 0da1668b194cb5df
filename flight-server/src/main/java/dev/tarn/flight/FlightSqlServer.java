package dev.tarn.flight;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.ReadinessCheck;
import dev.tarn.common.TarnException;
import dev.tarn.flight.auth.Authenticator;
import dev.tarn.flight.auth.NoLogin;
import dev.tarn.flight.engine.QueryEngine;
import dev.tarn.flight.protocol.CallIdentities;
import dev.tarn.flight.protocol.CallIdentity;
import dev.tarn.flight.protocol.Gateway;
import dev.tarn.flight.results.OpenQueries;
import dev.tarn.flight.results.QueryAllocators;
import dev.tarn.flight.results.ResultStreams;
import dev.tarn.flight.scan.CatalogAccess;
import dev.tarn.flight.session.Sessions;
import dev.tarn.flight.tickets.TicketSigner;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Flight SQL gateway. It owns its port and its threads, but neither the engine nor the catalogs nor the root
 * allocator, which are closed after it by whoever made them. Thread-safe.
 */
public final class FlightSqlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlightSqlServer.class);

    /** Buffered per stream before the client counts as slow: two messages, so that the next one is ready in time. */
    private static final int BACKPRESSURE_BYTES = 4 << 20;
    /** Large windows keep a fast client from waiting for acknowledgements; the default of 1 MiB halves throughput. */
    private static final int FLOW_CONTROL_WINDOW_BYTES = 8 << 20;
    /** More parallel calls on one connection wait at the client, which bounds the queue of the call threads. */
    private static final int MAX_CALLS_PER_CONNECTION = 256;
    /** Balancers drop connections that were silent for four minutes. */
    private static final Duration KEEPALIVE = Duration.ofSeconds(60);
    /** Clients may ping more often than the server does. */
    private static final Duration KEEPALIVE_PERMITTED = Duration.ofSeconds(10);

    private static final Duration HOUSEKEEPING = Duration.ofMillis(500);
    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(5);

    private final FlightServerOptions options;
    private final FlightServer server;
    private final QueryEngine engine;
    private final ResultStreams streams;
    private final AtomicBoolean draining;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Closer closer;

    private FlightSqlServer(
            FlightServerOptions options,
            FlightServer server,
            QueryEngine engine,
            ResultStreams streams,
            AtomicBoolean draining,
            Closer closer) {
        this.options = options;
        this.server = server;
        this.engine = engine;
        this.streams = streams;
        this.draining = draining;
        this.closer = closer;
    }

    /** Starts a gateway that wants no login; see the other method. */
    public static FlightSqlServer start(
            FlightServerOptions options,
            QueryEngine engine,
            CatalogAccess catalogs,
            BufferAllocator root,
            MeterRegistry metrics) {
        return start(options, new NoLogin(), engine, catalogs, root, metrics);
    }

    /**
     * Starts a gateway; it answers when this method returns.
     *
     * @param authenticator decides who may come in
     * @throws TarnException UNAVAILABLE if the port is in use
     */
    public static FlightSqlServer start(
            FlightServerOptions options,
            Authenticator authenticator,
            QueryEngine engine,
            CatalogAccess catalogs,
            BufferAllocator root,
            MeterRegistry metrics) {
        FlightLimits limits = options.limits();
        Clock clock = Clock.systemUTC();
        Closer closer = new Closer();
        try {
            BufferAllocator allocator = closer.register(root.newChildAllocator("flight", 0, Long.MAX_VALUE));
            QueryAllocators allocators = closer.register(
                    new QueryAllocators(allocator, limits.queryMemory().bytes()));
            ResultStreams streams = new ResultStreams(
                    limits.maxStreams(), limits.maxWaitingStreams(), limits.stallTimeout(), allocators, metrics);
            OpenQueries queries = new OpenQueries(limits.maxOpenQueries(), limits.ticketTimeToLive(), clock);
            metrics.gauge("tarn.flight.open.queries", queries, OpenQueries::size);
            TicketSigner signer = options.ticketSecret().map(TicketSigner::of).orElseGet(TicketSigner::random);
            ScheduledExecutorService housekeeping =
                    Executors.newSingleThreadScheduledExecutor(new NamedThreads("tarn-flight-housekeeping"));
            closer.register(housekeeping::shutdownNow);
            ScheduledFuture<?> sweeps = housekeeping.scheduleWithFixedDelay(
                    () -> sweep(queries, allocators),
                    HOUSEKEEPING.toMillis(),
                    HOUSEKEEPING.toMillis(),
                    TimeUnit.MILLISECONDS);
            closer.register(() -> sweeps.cancel(false));
            ExecutorService calls =
                    Executors.newFixedThreadPool(limits.callThreads(), new NamedThreads("tarn-flight-call"));
            closer.register(calls::shutdownNow);

            AtomicBoolean draining = new AtomicBoolean();
            Gateway gateway = new Gateway(
                    engine,
                    catalogs,
                    queries,
                    streams,
                    allocators,
                    new Sessions(limits.maxSessions(), limits.sessionTimeToLive()),
                    signer);
            FlightServer server = FlightServer.builder(
                            allocator,
                            Location.forGrpcInsecure(options.host(), options.port()),
                            gateway.producer(
                                    limits.maxPreparedStatements(),
                                    limits.preparedStatementTimeToLive(),
                                    version(),
                                    draining))
                    .middleware(
                            CallIdentity.KEY,
                            new CallIdentities(authenticator, signer, limits.sessionTimeToLive(), clock))
                    .executor(calls)
                    .maxInboundMessageSize((int) limits.maxInboundMessage().bytes())
                    .setMaxHeaderListSize((int) limits.maxHeaderList().bytes())
                    .backpressureThreshold(BACKPRESSURE_BYTES)
                    .transportHint("grpc.builderConsumer", (Consumer<NettyServerBuilder>) FlightSqlServer::tune)
                    .build();
            bind(server, options);
            closer.register(() -> stop(server));
            closer.register(streams);
            closer.register(queries);
            return new FlightSqlServer(options, server, engine, streams, draining, closer);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    /** Where clients connect, as {@code grpc://127.0.0.1:31337}. */
    public String location() {
        String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
        return "grpc://%s:%d".formatted(host, port());
    }

    /** The port in use. */
    public int port() {
        return server.getPort();
    }

    /** Whether statements can be taken now. */
    public ReadinessCheck readiness() {
        return new GatewayReadiness(engine.readiness(), draining::get);
    }

    /** Takes no new statements, and waits until every result has been sent or the time is over. */
    public void drain(Duration patience) {
        draining.set(true);
        streams.awaitIdle(patience);
    }

    /** Stops at once: results that are being sent end with CANCELLED. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            draining.set(true);
            closer.close();
        }
    }

    private static void bind(FlightServer server, FlightServerOptions options) {
        try {
            server.start();
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot listen on port %d of %s, which is probably in use; stop what uses it or set flight.port"
                            .formatted(options.port(), options.host()),
                    e);
        }
    }

    private static void stop(FlightServer server) throws InterruptedException {
        server.shutdown();
        if (!server.awaitTermination(SHUTDOWN_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            server.close();
        }
    }

    private static void sweep(OpenQueries queries, QueryAllocators allocators) {
        try {
            queries.sweep();
            allocators.closeRetired();
        } catch (RuntimeException e) {
            // Left alone it would end all later sweeps, and with them every expiry.
            LOG.warn("Cannot free an expired query; trying again", e);
        }
    }

    private static void tune(NettyServerBuilder builder) {
        builder.flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveTime(KEEPALIVE_PERMITTED.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private static String version() {
        String version = FlightSqlServer.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version;
    }
}
