package dev.tarn.flight.results;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.UUID;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.OutOfMemoryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures into Flight statuses; the one place that maps {@link ErrorKind} to the wire. Thread-safe. */
public final class FlightErrors {
    private static final Logger LOG = LoggerFactory.getLogger(FlightErrors.class);

    private FlightErrors() {}

    /** The failure as Flight sends it. What nobody foresaw is logged under an id, and only the id goes to the client. */
    public static FlightRuntimeException toFlight(Throwable failure) {
        if (failure instanceof FlightRuntimeException known) {
            return known;
        }
        if (failure instanceof TarnException known) {
            return status(known.kind()).withDescription(known.getMessage()).toRuntimeException();
        }
        if (failure instanceof OutOfMemoryException) {
            return CallStatus.RESOURCE_EXHAUSTED
                    .withDescription("The query needs more memory for its result than setting 'flight.query-memory'"
                            + " allows; select fewer or narrower columns, or raise the setting")
                    .withCause(failure)
                    .toRuntimeException();
        }
        String id = UUID.randomUUID().toString();
        LOG.error("Unexpected failure {}", id, failure);
        return CallStatus.INTERNAL
                .withDescription("Unexpected failure %s; the server's log has the details under this id".formatted(id))
                .toRuntimeException();
    }

    private static CallStatus status(ErrorKind kind) {
        return switch (kind) {
            case INVALID -> CallStatus.INVALID_ARGUMENT;
            case UNAUTHENTICATED -> CallStatus.UNAUTHENTICATED;
            case FORBIDDEN, REFUSED -> CallStatus.UNAUTHORIZED;
            case NOT_FOUND -> CallStatus.NOT_FOUND;
            case ALREADY_EXISTS -> CallStatus.ALREADY_EXISTS;
            case OVERLOADED -> CallStatus.RESOURCE_EXHAUSTED;
            case CONFLICT, UNAVAILABLE, LOCKED -> CallStatus.UNAVAILABLE;
            case DEADLINE -> CallStatus.TIMED_OUT;
            case CANCELLED -> CallStatus.CANCELLED;
            case UNSUPPORTED -> CallStatus.UNIMPLEMENTED;
            case UNKNOWN_OUTCOME -> CallStatus.UNKNOWN;
            case CORRUPT, INTERNAL -> CallStatus.INTERNAL;
        };
    }
}
