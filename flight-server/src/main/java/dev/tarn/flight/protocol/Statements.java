package dev.tarn.flight.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryEngine;
import dev.tarn.flight.results.OpenQueries;
import dev.tarn.flight.results.OpenQueries.UpdateRun;
import dev.tarn.flight.results.OpenQuery;
import dev.tarn.flight.results.ParameterRows;
import dev.tarn.flight.results.QueryAllocators;
import dev.tarn.flight.results.ResultStreams;
import dev.tarn.flight.tickets.StatementTicket;
import dev.tarn.flight.tickets.TicketSigner;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Statements from their planning to their tickets, and from the tickets to their results. Thread-safe. */
final class Statements {
    private static final long NOT_KNOWN = -1;

    private final QueryEngine engine;
    private final OpenQueries queries;
    private final ResultStreams streams;
    private final QueryAllocators allocators;
    private final SessionActions sessions;
    private final TicketSigner signer;

    Statements(
            QueryEngine engine,
            OpenQueries queries,
            ResultStreams streams,
            QueryAllocators allocators,
            SessionActions sessions,
            TicketSigner signer) {
        this.engine = engine;
        this.queries = queries;
        this.streams = streams;
        this.allocators = allocators;
        this.sessions = sessions;
        this.signer = signer;
    }

    /** Binds a statement; the caller closes it or hands it on. */
    PreparedQuery bind(String sql, CallIdentity identity) {
        return engine.prepare(sql, sessions.queryContext(identity));
    }

    /**
     * Plans a statement on the snapshots of this moment, and makes a ticket for its result. A statement that changes
     * something is run at once: many clients never fetch a result that has no rows.
     */
    FlightInfo plan(
            String sql, Optional<ParameterRows> parameters, CallIdentity identity, FlightDescriptor descriptor) {
        OpenQuery open = open(sql, parameters, identity);
        return FlightInfo.builder(open.query().resultSchema(), descriptor, List.of(endpoint(open)))
                .setRecords(NOT_KNOWN)
                .setBytes(NOT_KNOWN)
                .setOrdered(true)
                .build();
    }

    Schema resultSchema(String sql, CallIdentity identity) {
        try (PreparedQuery query = bind(sql, identity)) {
            return query.resultSchema();
        }
    }

    /** Sends the result of a ticket. Returns at once. */
    void send(TicketStatementQuery ticket, CallIdentity identity, ServerStreamListener listener) {
        StatementTicket opened =
                StatementTicket.open(ticket.getStatementHandle().toByteArray(), signer);
        streams.send(queries.find(opened, identity.caller()), listener);
    }

    /** Plans a statement and sends its result in one step, for clients that skip the planning call. Returns at once. */
    void sendUnplanned(
            String sql, Optional<ParameterRows> parameters, CallIdentity identity, ServerStreamListener listener) {
        streams.send(open(sql, parameters, identity), listener);
    }

    /** Runs a statement that changes something, once, and answers the number of rows that it changed. */
    long update(String sql, Optional<ParameterRows> parameters, CallIdentity identity) {
        PreparedQuery query = bind(sql, identity);
        if (!query.isUpdate()) {
            query.close();
            throw new TarnException(
                    ErrorKind.INVALID, "The statement returns rows; send it as a query and not as an update");
        }
        UpdateRun run = run(query, parameters, identity);
        queries.forget(run.query());
        return run.rows();
    }

    /** Stops what the tickets of a flight name. */
    void cancel(FlightInfo info, Caller caller) {
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            queries.cancel(ticketOf(endpoint), caller);
        }
    }

    /** A ticket that ends later, for the same result. */
    FlightEndpoint renew(FlightEndpoint endpoint, Caller caller) {
        return endpoint(queries.renew(ticketOf(endpoint), caller));
    }

    private OpenQuery open(String sql, Optional<ParameterRows> parameters, CallIdentity identity) {
        PreparedQuery query = bind(sql, identity);
        return query.isUpdate()
                ? run(query, parameters, identity).query()
                : queries.add(query, parameters, identity.caller());
    }

    private UpdateRun run(PreparedQuery query, Optional<ParameterRows> parameters, CallIdentity identity) {
        BufferAllocator allocator = allocators.open("update");
        try {
            return queries.run(query, parameters, identity.caller(), allocator);
        } finally {
            allocators.retire(allocator);
        }
    }

    private FlightEndpoint endpoint(OpenQuery open) {
        byte[] handle = new StatementTicket(open.id(), open.principal(), open.expiresAt()).signedBy(signer);
        TicketStatementQuery ticket = TicketStatementQuery.newBuilder()
                .setStatementHandle(ByteString.copyFrom(handle))
                .build();
        return FlightEndpoint.builder(new Ticket(Any.pack(ticket).toByteArray()))
                .setExpirationTime(open.expiresAt())
                .build();
    }

    private StatementTicket ticketOf(FlightEndpoint endpoint) {
        try {
            Any command = FlightSqlUtils.parseOrThrow(endpoint.getTicket().getBytes());
            TicketStatementQuery ticket = FlightSqlUtils.unpackOrThrow(command, TicketStatementQuery.class);
            return StatementTicket.open(ticket.getStatementHandle().toByteArray(), signer);
        } catch (FlightRuntimeException e) {
            throw new TarnException(ErrorKind.INVALID, "Expected an endpoint with the ticket of a statement", e);
        }
    }
}
