package dev.tarn.flight.results;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.tickets.StatementTicket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The planned statements whose tickets are out: a bounded number, each for a bounded time. Thread-safe. The maker calls
 * {@link #sweep} now and then.
 */
public final class OpenQueries implements AutoCloseable {
    /** Renewing cannot keep a plan longer than this, since its snapshots may be expired by maintenance. */
    private static final Duration MAX_LIFETIME = Duration.ofHours(1);

    private final Map<String, OpenQuery> queries = new ConcurrentHashMap<>();
    private final int maxQueries;
    private final Duration timeToLive;
    private final Clock clock;

    /** Room for a number of plans that each live for a while. */
    public OpenQueries(int maxQueries, Duration timeToLive, Clock clock) {
        this.maxQueries = maxQueries;
        this.timeToLive = timeToLive;
        this.clock = clock;
    }

    /**
     * Takes ownership of a plan, also when it fails.
     *
     * @throws TarnException OVERLOADED if too many plans are waiting to be fetched
     */
    public OpenQuery add(PreparedQuery query, Optional<ParameterRows> parameters, Caller caller) {
        if (queries.size() >= maxQueries) {
            sweep();
        }
        if (queries.size() >= maxQueries) {
            query.close();
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "%d planned statements wait to be fetched, the most that setting 'flight.max-open-queries' allows;"
                                    .formatted(maxQueries)
                            + " fetch or cancel some, or try again later");
        }
        Instant now = now();
        OpenQuery open = new OpenQuery(
                UUID.randomUUID().toString(), caller.principal(), query, parameters, now, now.plus(timeToLive));
        queries.put(open.id(), open);
        return open;
    }

    /**
     * Takes ownership of a plan that changes something, also when it fails, and runs it: once, here, and never again.
     *
     * @param allocator for what the engine sends on the way; closed by the caller
     * @throws TarnException OVERLOADED before anything has run, otherwise the reason why it failed
     */
    public UpdateRun run(
            PreparedQuery query, Optional<ParameterRows> parameters, Caller caller, BufferAllocator allocator) {
        OpenQuery open = add(query, parameters, caller);
        try {
            return new UpdateRun(open, open.runUpdate(allocator));
        } catch (RuntimeException e) {
            forget(open);
            throw e;
        }
    }

    /**
     * A statement that has changed something.
     *
     * @param query its plan, for the ticket of its empty result
     * @param rows the number of rows that it changed
     */
    public record UpdateRun(OpenQuery query, long rows) {}

    /**
     * The plan that a ticket names.
     *
     * @throws TarnException FORBIDDEN if the ticket is somebody else's, NOT_FOUND if it or the plan has expired
     */
    public OpenQuery find(StatementTicket ticket, Caller caller) {
        if (!ticket.principal().equals(caller.principal())) {
            throw new TarnException(
                    ErrorKind.FORBIDDEN, "The ticket of query %s belongs to another user".formatted(ticket.queryId()));
        }
        if (!now().isBefore(ticket.expiresAt())) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "The ticket of query %s expired at %s; send the statement anew"
                            .formatted(ticket.queryId(), ticket.expiresAt()));
        }
        OpenQuery open = queries.get(ticket.queryId());
        if (open == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "This server does not know query %s, or has forgotten it; send the statement anew"
                            .formatted(ticket.queryId()));
        }
        return open;
    }

    /** Lets a plan live on for as long as a new one would, within the longest life of an hour. */
    public OpenQuery renew(StatementTicket ticket, Caller caller) {
        OpenQuery open = find(ticket, caller);
        Instant last = open.createdAt().plus(MAX_LIFETIME);
        Instant wanted = now().plus(timeToLive);
        open.extendTo(wanted.isBefore(last) ? wanted : last);
        return open;
    }

    /** Stops a query for good; its ticket answers CANCELLED until it expires. */
    public void cancel(StatementTicket ticket, Caller caller) {
        find(ticket, caller).cancel();
    }

    /** Frees a plan before its time. */
    public void forget(OpenQuery open) {
        queries.remove(open.id());
        open.close();
    }

    /** How many plans are waiting. */
    public int size() {
        return queries.size();
    }

    /** Forgets what has expired. */
    public void sweep() {
        Instant now = now();
        Iterator<OpenQuery> all = queries.values().iterator();
        while (all.hasNext()) {
            OpenQuery open = all.next();
            if (!now.isBefore(open.expiresAt())) {
                all.remove();
                open.close();
            }
        }
    }

    /** Stops every run and frees every plan. */
    @Override
    public void close() {
        queries.values().forEach(open -> {
            open.cancel();
            open.close();
        });
        queries.clear();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
