package dev.tarn.flight.protocol;

import dev.tarn.flight.engine.QueryEngine;
import dev.tarn.flight.results.OpenQueries;
import dev.tarn.flight.results.QueryAllocators;
import dev.tarn.flight.results.ResultStreams;
import dev.tarn.flight.scan.CatalogAccess;
import dev.tarn.flight.session.Sessions;
import dev.tarn.flight.tickets.TicketSigner;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.flight.FlightProducer;

/**
 * The commands of the gateway, wired together.
 *
 * @param engine runs statements
 * @param catalogs answers metadata
 * @param queries planned statements
 * @param streams sends results
 * @param allocators memory of results
 * @param sessions session options
 * @param signer signs tickets
 */
public record Gateway(
        QueryEngine engine,
        CatalogAccess catalogs,
        OpenQueries queries,
        ResultStreams streams,
        QueryAllocators allocators,
        Sessions sessions,
        TicketSigner signer) {
    /**
     * A producer for a Flight server whose calls carry a {@link CallIdentity}.
     *
     * @param version of this server, shown to clients
     * @param draining set by the server when it begins to stop
     */
    public FlightProducer producer(
            int maxPreparedStatements, Duration preparedTimeToLive, String version, AtomicBoolean draining) {
        SessionActions actions = new SessionActions(sessions, catalogs.catalogName(), engine.name());
        Statements statements = new Statements(engine, queries, streams, allocators, actions, signer);
        GatewayProducer commands = new GatewayProducer(
                statements,
                new PreparedStatements(statements, maxPreparedStatements, preparedTimeToLive),
                actions,
                new MetadataAnswers(new CatalogListing(catalogs)),
                new SqlInfoAnswer(version),
                streams,
                allocators);
        return new TranslatingProducer(commands, draining);
    }
}
