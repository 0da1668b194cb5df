package dev.tarn.cli.sql;

import dev.tarn.cli.output.ResultWriter;
import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.auth2.BearerCredentialWriter;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A connection to a Flight SQL server through Arrow's own client. Not thread-safe; whoever opens it closes it. */
public final class FlightSqlConnection implements AutoCloseable {
    private static final int DEFAULT_PORT = 32010;

    private static final CallOption[] NOTHING = {};

    private final URI uri;
    private final FlightLogin login;
    private final Closer closer = new Closer();
    private final FlightClient flight;
    private final FlightSqlClient client;
    private CallOption @Nullable [] options;

    private FlightSqlConnection(URI uri, Location location, FlightLogin login) {
        this.uri = uri;
        this.login = login;
        BufferAllocator allocator = closer.register(new RootAllocator());
        this.flight = FlightClient.builder(allocator, location).build();
        this.client = closer.register(new FlightSqlClient(flight));
    }

    /** Prepares a connection without a login; see the other method. */
    public static FlightSqlConnection open(URI uri) {
        return open(uri, FlightLogin.NONE);
    }

    /**
     * Prepares a connection; the server is reached with the first statement.
     *
     * @param uri {@code grpc://HOST:PORT}, or {@code grpc+tls://HOST:PORT}
     */
    public static FlightSqlConnection open(URI uri, FlightLogin login) {
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        Location location = "grpc+tls".equals(uri.getScheme())
                ? Location.forGrpcTls(uri.getHost(), port)
                : Location.forGrpcInsecure(uri.getHost(), port);
        return new FlightSqlConnection(uri, location, login);
    }

    /**
     * Runs a statement and prints its rows.
     *
     * @return the number of rows
     * @throws TarnException UNAVAILABLE if no server answers
     * @throws FlightRuntimeException with what the server answered
     */
    public long run(String sql, ResultWriter writer) {
        return print(() -> client.execute(sql, options()), writer);
    }

    /** Prints every table of the server: catalog, schema, name and type. */
    public long tables(ResultWriter writer) {
        return print(() -> client.getTables(null, null, null, null, false, options()), writer);
    }

    private long print(Supplier<FlightInfo> request, ResultWriter writer) {
        try {
            return read(request.get(), writer);
        } catch (FlightRuntimeException e) {
            if (e.status().code() == FlightStatusCode.UNAVAILABLE && neverConnected(e)) {
                throw new TarnException(
                        ErrorKind.UNAVAILABLE,
                        "Cannot reach a Flight SQL server at %s; start one with 'tarn serve' or name another with --flight"
                                .formatted(uri),
                        e);
            }
            throw e;
        }
    }

    /** Logs in with the first call, so that a connection costs nothing until it is used. */
    private CallOption[] options() {
        CallOption[] known = options;
        if (known == null) {
            known = loggedIn()
                    .<CallOption[]>map(option -> new CallOption[] {option})
                    .orElse(NOTHING);
            options = known;
        }
        return known;
    }

    private Optional<CredentialCallOption> loggedIn() {
        if (login.user().isPresent() && login.password().isPresent()) {
            return flight.authenticateBasicToken(
                    login.user().get(), login.password().get().reveal());
        }
        return login.token().map(token -> new CredentialCallOption(new BearerCredentialWriter(token.reveal())));
    }

    private long read(FlightInfo info, ResultWriter writer) {
        long rows = 0;
        boolean begun = false;
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            try (FlightStream stream = client.getStream(endpoint.getTicket(), options())) {
                if (!begun) {
                    writer.begin(stream.getSchema());
                    begun = true;
                }
                while (stream.next()) {
                    rows += stream.getRoot().getRowCount();
                    writer.batch(stream.getRoot());
                }
            } catch (FlightRuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new TarnException(
                        ErrorKind.UNAVAILABLE, "Reading the result from %s failed: %s".formatted(uri, e), e);
            }
        }
        if (!begun) {
            writer.begin(info.getSchemaOptional().orElseGet(() -> new Schema(List.of())));
        }
        writer.end();
        return rows;
    }

    private static boolean neverConnected(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        closer.close();
    }
}
