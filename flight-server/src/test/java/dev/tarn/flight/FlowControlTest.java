package dev.tarn.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.Optional;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class FlowControlTest {
    /** 800 MB of numbers: far more than all buffers between server and client hold. */
    private static final String LONG_RESULT = "SELECT range AS n FROM range(100000000)";

    private static final long MEMORY_OF_ONE_STREAM = 64L << 20;

    @Test
    void slowReaderDoesNotMakeTheServerBufferItsResult() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute(LONG_RESULT);
            try (FlightStream stream =
                    client.getStream(info.getEndpoints().get(0).getTicket())) {
                assertThat(stream.next()).isTrue();
                await().during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> gateway.serverAllocator.getAllocatedMemory() < MEMORY_OF_ONE_STREAM);
                assertThat(gateway.engine.running()).isEqualTo(1);
                stream.cancel("seen enough", null);
            }
            await().until(() -> gateway.engine.running() == 0);
        }
    }

    @Test
    void readerThatStallsIsCutOff() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture(limits(16, 64, Duration.ofMillis(300)))) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute(LONG_RESULT);
            try (FlightStream stream =
                    client.getStream(info.getEndpoints().get(0).getTicket())) {
                await().until(() -> gateway.engine.running() == 1);
                await().until(() -> gateway.engine.running() == 0);
                assertThatThrownBy(() -> {
                            while (stream.next()) {
                                assertThat(stream.getRoot().getRowCount()).isPositive();
                            }
                        })
                        .isInstanceOfSatisfying(
                                FlightRuntimeException.class,
                                e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.TIMED_OUT))
                        .hasMessageContaining("flight.stall-timeout");
            }
        }
    }

    @Test
    void disconnectStopsTheQueryAndFreesItsMemory() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture();
                RootAllocator allocator = new RootAllocator()) {
            long idle = gateway.serverAllocator.getAllocatedMemory();
            FlightClient transport = FlightClient.builder(
                            allocator, Location.forGrpcInsecure("127.0.0.1", gateway.server.port()))
                    .build();
            FlightSqlClient client = new FlightSqlClient(transport);
            FlightInfo info = client.execute(LONG_RESULT);
            FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket());
            assertThat(stream.next()).isTrue();
            assertThat(gateway.engine.running()).isEqualTo(1);

            stream.close();
            client.close();

            await().until(() -> gateway.engine.running() == 0);
            await().until(() -> gateway.serverAllocator.getAllocatedMemory() == idle);
        }
    }

    @Test
    void streamsBeyondTheLimitAreRefused() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture(limits(1, 1, Duration.ofSeconds(60)))) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute(LONG_RESULT);
            var ticket = info.getEndpoints().get(0).getTicket();
            try (FlightStream running = client.getStream(ticket)) {
                assertThat(running.next()).isTrue();
                FlightStream waiting = client.getStream(ticket);
                await().untilAsserted(() -> StatementTest.assertFails(
                        () -> StatementTest.read(client, ticket),
                        FlightStatusCode.RESOURCE_EXHAUSTED,
                        "flight.max-streams"));
                waiting.cancel("done", null);
                running.cancel("done", null);
                waiting.close();
            }
            await().until(() -> gateway.engine.running() == 0);
            assertThat(gateway.metrics.counter("tarn.flight.refused").count()).isPositive();
        }
    }

    @Test
    void portInUseIsNamed() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightServerOptions sameAgain = FlightServerOptions.loopback().withPort(gateway.server.port());

            assertThatThrownBy(() -> FlightSqlServer.start(
                            sameAgain, gateway.engine, gateway.catalogs, gateway.serverAllocator, gateway.metrics))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                    .hasMessageContaining("port " + gateway.server.port());
        }
    }

    @Test
    void addressThatOthersReachIsRefusedWithoutALogin() {
        assertThatThrownBy(() -> new FlightServerOptions("0.0.0.0", 0, false, Optional.empty(), FlightLimits.DEFAULTS))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("flight.allow-unauthenticated=true");
    }

    @Test
    void drainTakesNoNewStatementsAndWaitsForTheOldOnes() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute("SELECT range AS n FROM range(1000)");
            gateway.server.drain(Duration.ofSeconds(5));

            assertThat(gateway.server.readiness().problem()).contains("The gateway is stopping");
            StatementTest.assertFails(
                    () -> client.execute("SELECT 1"), FlightStatusCode.UNAVAILABLE, "The server is stopping");
            assertThat(StatementTest.sum(client, info)).isEqualTo(499_500);
        }
    }

    private static FlightLimits limits(int streams, int waiting, Duration stallTimeout) {
        FlightLimits defaults = FlightLimits.DEFAULTS;
        return new FlightLimits(
                streams,
                waiting,
                defaults.callThreads(),
                defaults.maxOpenQueries(),
                defaults.maxPreparedStatements(),
                defaults.maxSessions(),
                defaults.maxInboundMessage(),
                defaults.maxHeaderList(),
                DataSize.ofMegabytes(64),
                stallTimeout,
                defaults.ticketTimeToLive(),
                defaults.preparedStatementTimeToLive(),
                defaults.sessionTimeToLive());
    }
}
