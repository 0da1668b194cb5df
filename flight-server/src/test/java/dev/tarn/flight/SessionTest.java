package dev.tarn.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.junit.jupiter.api.Test;

class SessionTest {
    @Test
    void schemaOfTheSessionIsTheDefaultOfItsStatements() throws Exception {
        try (GatewayFixture gateway = new GatewayFixture()) {
            gateway.engine.run("CREATE SCHEMA air");
            gateway.engine.run("CREATE TABLE air.t AS SELECT 7::BIGINT AS n");
            try (FlightSqlClient client = withCookies(gateway)) {
                StatementTest.assertFails(
                        () -> client.execute("SELECT n FROM t"), FlightStatusCode.NOT_FOUND, "t does not exist");

                assertThat(client.setSessionOptions(options("schema", "air")).hasErrors())
                        .isFalse();

                assertThat(StatementTest.sum(client, client.execute("SELECT n FROM t")))
                        .isEqualTo(7);
                assertThat(client.getSessionOptions(new GetSessionOptionsRequest())
                                .getSessionOptions())
                        .containsOnlyKeys("schema");
                assertThat(client.closeSession(new CloseSessionRequest()).getStatus())
                        .isEqualTo(CloseSessionResult.Status.CLOSED);
                assertThat(client.getSessionOptions(new GetSessionOptionsRequest())
                                .getSessionOptions())
                        .isEmpty();
            }
        }
    }

    @Test
    void bearerTokenOfAHandshakeCarriesTheSession() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            FlightClient transport = gateway.client();
            CredentialCallOption token =
                    transport.authenticateBasicToken("anybody", "anything").orElseThrow();

            transport.setSessionOptions(options("catalog", "lake"), token);

            assertThat(transport
                            .getSessionOptions(new GetSessionOptionsRequest(), token)
                            .getSessionOptions())
                    .containsOnlyKeys("catalog");
            assertThat(transport
                            .getSessionOptions(new GetSessionOptionsRequest())
                            .getSessionOptions())
                    .isEmpty();
        }
    }

    @Test
    void wrongNamesAndValuesAreTold() {
        try (GatewayFixture gateway = new GatewayFixture()) {
            SetSessionOptionsResult result = gateway.sqlClient()
                    .setSessionOptions(new SetSessionOptionsRequest(Map.of(
                            "colour", text("red"),
                            "catalog", text("other"),
                            "time-zone", text("Mars/Olympus"),
                            "schema", SessionOptionValueFactory.makeSessionOptionValue(5L))));

            assertThat(result.getErrors().get("colour").value)
                    .isEqualTo(SetSessionOptionsResult.ErrorValue.INVALID_NAME);
            assertThat(result.getErrors().get("catalog").value)
                    .isEqualTo(SetSessionOptionsResult.ErrorValue.INVALID_VALUE);
            assertThat(result.getErrors()).hasSize(4);
        }
    }

    private static FlightSqlClient withCookies(GatewayFixture gateway) {
        return new FlightSqlClient(FlightClient.builder(
                        gateway.clientAllocator, Location.forGrpcInsecure("127.0.0.1", gateway.server.port()))
                .intercept(new ClientCookieMiddleware.Factory())
                .build());
    }

    private static SetSessionOptionsRequest options(String name, String value) {
        return new SetSessionOptionsRequest(Map.of(name, text(value)));
    }

    private static SessionOptionValue text(String value) {
        return SessionOptionValueFactory.makeSessionOptionValue(value);
    }
}
