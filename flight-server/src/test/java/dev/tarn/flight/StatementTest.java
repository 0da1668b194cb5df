package dev.tarn.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

class StatementTest {
    @Test
    void queryReturnsItsRows() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute("SELECT range AS n FROM range(100000)");

            assertThat(info.getSchemaOptional().orElseThrow().getFields())
                    .extracting(field -> field.getName())
                    .containsExactly("n");
            assertThat(info.getEndpoints()).hasSize(1);
            assertThat(info.getEndpoints().get(0).getExpirationTime()).isPresent();
            assertThat(sum(client, info)).isEqualTo(99_999L * 100_000 / 2);
        }
    }

    @Test
    void emptyResultStillHasItsSchema() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute("SELECT 1::INTEGER AS one WHERE false");
            try (FlightStream stream =
                    client.getStream(info.getEndpoints().get(0).getTicket())) {
                assertThat(stream.getSchema().getFields()).hasSize(1);
                assertThat(stream.next()).isFalse();
            }
        }
    }

    @Test
    void badSqlIsInvalidAndUnknownTableIsNotFound() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();

            assertFails(() -> client.execute("SELEC 1"), FlightStatusCode.INVALID_ARGUMENT, "SELEC");
            assertFails(() -> client.execute("SELECT * FROM absent"), FlightStatusCode.NOT_FOUND, "absent");
        }
    }

    @Test
    void schemaIsToldWithoutRunningOrKeepingThePlan() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();

            assertThat(client.getExecuteSchema("SELECT 1 AS a, 'x' AS b")
                            .getSchema()
                            .getFields())
                    .hasSize(2);
            assertThat(gateway.engine.openQueries()).isZero();
        }
    }

    @Test
    void forgedTicketIsRefused() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            byte[] forged = new byte[80];
            Any ticket = Any.pack(TicketStatementQuery.newBuilder()
                    .setStatementHandle(ByteString.copyFrom(forged))
                    .build());

            assertFails(
                    () -> read(client, new Ticket(ticket.toByteArray())),
                    FlightStatusCode.UNAUTHENTICATED,
                    "was not signed by this server");
        }
    }

    @Test
    void ticketOfAnotherServerIsRefused() {
        try (GatewayFixture one = new GatewayFixture();
                GatewayFixture other = new GatewayFixture()) {
            Ticket ticket =
                    one.sqlClient().execute("SELECT 1").getEndpoints().get(0).getTicket();

            assertFails(
                    () -> read(other.sqlClient(), ticket),
                    FlightStatusCode.UNAUTHENTICATED,
                    "was not signed by this server");
        }
    }

    @Test
    void queryCanBeFetchedAgain() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute("SELECT range AS n FROM range(10)");

            assertThat(sum(client, info)).isEqualTo(45);
            assertThat(sum(client, info)).isEqualTo(45);
        }
    }

    @Test
    void updateTakesEffectOnceWhetherItsTicketIsFetchedOrNot() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            gateway.engine.run("CREATE TABLE t (n INTEGER)");
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute("INSERT INTO t VALUES (1)");
            assertThat(info.getSchemaOptional().orElseThrow().getFields()).isEmpty();
            assertThat(sum(client, client.execute("SELECT count(*) FROM t"))).isEqualTo(1);

            read(client, info.getEndpoints().get(0).getTicket());
            read(client, info.getEndpoints().get(0).getTicket());

            assertThat(sum(client, client.execute("SELECT count(*) FROM t"))).isEqualTo(1);
        }
    }

    @Test
    void updateAnswersTheNumberOfRows() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            gateway.engine.run("CREATE TABLE t (n INTEGER)");
            FlightSqlClient client = gateway.sqlClient();

            assertThat(client.executeUpdate("INSERT INTO t VALUES (1), (2), (3)"))
                    .isEqualTo(3);
            assertFails(
                    () -> client.executeUpdate("SELECT 1"), FlightStatusCode.INVALID_ARGUMENT, "send it as a query");
            assertThat(gateway.engine.openQueries()).isZero();
        }
    }

    @Test
    void preparedStatementRunsWithBoundValues() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            try (PreparedStatement statement =
                            client.prepare("SELECT range AS n FROM range(100) WHERE range < ?::INTEGER");
                    VectorSchemaRoot values =
                            VectorSchemaRoot.create(statement.getParameterSchema(), gateway.clientAllocator)) {
                assertThat(values.getFieldVectors()).hasSize(1);
                ((IntVector) values.getVector(0)).setSafe(0, 10);
                values.setRowCount(1);
                statement.setParameters(values);

                assertThat(sum(client, statement.execute())).isEqualTo(45);
                ((IntVector) values.getVector(0)).setSafe(0, 3);
                assertThat(sum(client, statement.execute())).isEqualTo(3);
            }
        }
    }

    @Test
    void preparedUpdateHasAnEmptySchemaAndRunsOncePerExecution() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            gateway.engine.run("CREATE TABLE t (n INTEGER)");
            FlightSqlClient client = gateway.sqlClient();
            try (PreparedStatement statement = client.prepare("INSERT INTO t VALUES (7)")) {
                assertThat(statement.getResultSetSchema().getFields()).isEmpty();
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
            assertThat(sum(client, client.execute("SELECT n::BIGINT FROM t"))).isEqualTo(7);
        }
    }

    @Test
    void cancelledQueryAnswersCancelledFromThenOn() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute("SELECT range AS n FROM range(10)");

            assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info))
                            .getStatus())
                    .isEqualTo(CancelStatus.CANCELLED);
            assertFails(
                    () -> read(client, info.getEndpoints().get(0).getTicket()),
                    FlightStatusCode.CANCELLED,
                    "was cancelled");
        }
    }

    @Test
    void runningQueryIsStoppedByCancel() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightInfo info = client.execute(
                    "SELECT a.range AS n FROM range(10000000) a, range(10000000) b" + " WHERE a.range + b.range = -1");
            CompletableFuture<Void> reading = CompletableFuture.runAsync(
                    () -> read(client, info.getEndpoints().get(0).getTicket()));
            await().until(() -> gateway.engine.running() == 1);

            client.cancelFlightInfo(new CancelFlightInfoRequest(info));

            await().until(reading::isCompletedExceptionally);
            await().until(() -> gateway.engine.running() == 0);
        }
    }

    @Test
    void renewedTicketLivesLonger() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            FlightEndpoint endpoint = client.execute("SELECT range AS n FROM range(10)")
                    .getEndpoints()
                    .get(0);
            FlightEndpoint renewed = client.renewFlightEndpoint(new RenewFlightEndpointRequest(endpoint));

            assertThat(renewed.getExpirationTime().orElseThrow())
                    .isAfterOrEqualTo(endpoint.getExpirationTime().orElseThrow());
            read(client, renewed.getTicket());
        }
    }

    @Test
    void twoResultsCanBeReadAtTheSameTime() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            List<Ticket> tickets = List.of(
                    client.execute("SELECT range AS n FROM range(500000)")
                            .getEndpoints()
                            .get(0)
                            .getTicket(),
                    client.execute("SELECT range AS n FROM range(500000)")
                            .getEndpoints()
                            .get(0)
                            .getTicket());
            try (FlightStream first = client.getStream(tickets.get(0));
                    FlightStream second = client.getStream(tickets.get(1))) {
                long rows = 0;
                boolean more = true;
                while (more) {
                    boolean a = first.next();
                    rows += a ? first.getRoot().getRowCount() : 0;
                    boolean b = second.next();
                    rows += b ? second.getRoot().getRowCount() : 0;
                    more = a || b;
                }
                assertThat(rows).isEqualTo(1_000_000);
            }
        }
    }

    @Test
    void pollAnswersAtOnceBecausePlanningIsDone() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();
            Any command = Any.pack(CommandStatementQuery.newBuilder()
                    .setQuery("SELECT range AS n FROM range(10)")
                    .build());
            PollInfo poll = gateway.client().pollInfo(FlightDescriptor.command(command.toByteArray()));

            assertThat(poll.getProgress()).contains(1.0);
            assertThat(poll.getFlightDescriptor()).isEmpty();
            assertThat(sum(client, poll.getFlightInfo())).isEqualTo(45);
        }
    }

    @Test
    void everyActionThatIsListedIsSupported() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            assertThat(gateway.client().listActions())
                    .extracting(ActionType::getType)
                    .contains("CreatePreparedStatement", "CancelFlightInfo", "RenewFlightEndpoint", "CloseSession")
                    .doesNotContain("BeginTransaction", "BeginSavepoint", "CreatePreparedSubstraitPlan");
        }
    }

    @Test
    void transactionsAreUnimplemented() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightSqlClient client = gateway.sqlClient();

            assertThatThrownBy(client::beginTransaction)
                    .isInstanceOfSatisfying(
                            FlightRuntimeException.class,
                            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNIMPLEMENTED));
            client.closeSession(new CloseSessionRequest());
        }
    }

    static void assertFails(Runnable call, FlightStatusCode code, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> assertThat(e.status().code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    static void read(FlightSqlClient client, Ticket ticket) {
        try (FlightStream stream = client.getStream(ticket)) {
            while (stream.next()) {
                assertThat(stream.getRoot().getRowCount()).isPositive();
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Cannot close a stream", e);
        }
    }

    static long sum(FlightSqlClient client, FlightInfo info) throws Exception {
        long sum = 0;
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            try (FlightStream stream = client.getStream(endpoint.getTicket())) {
                while (stream.next()) {
                    BigIntVector column = (BigIntVector) stream.getRoot().getVector(0);
                    for (int i = 0; i < column.getValueCount(); i++) {
                        sum += column.get(i);
                    }
                }
            }
        }
        return sum;
    }
}
