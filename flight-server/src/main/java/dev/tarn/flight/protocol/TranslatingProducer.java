package dev.tarn.flight.protocol;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.results.FlightErrors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;

/**
 * Stands before the commands: gives every failure its Flight status, and refuses new work while the server drains.
 * Thread-safe.
 */
final class TranslatingProducer implements FlightProducer {
    private final FlightProducer commands;
    private final AtomicBoolean draining;

    TranslatingProducer(FlightProducer commands, AtomicBoolean draining) {
        this.commands = commands;
        this.draining = draining;
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        try {
            // A result that was planned before the drain may still be fetched: that is what the drain waits for.
            commands.getStream(context, ticket, listener);
        } catch (RuntimeException e) {
            listener.error(FlightErrors.toFlight(e));
        }
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        translated(() -> commands.listFlights(context, criteria, listener));
    }

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        return translated(() -> {
            refuseWhileDraining();
            return commands.getFlightInfo(context, descriptor);
        });
    }

    /** Planning ends within the call, so the first poll is also the last one. */
    @Override
    public PollInfo pollFlightInfo(CallContext context, FlightDescriptor descriptor) {
        FlightInfo info = getFlightInfo(context, descriptor);
        return new PollInfo(
                info, null, 1.0, info.getEndpoints().get(0).getExpirationTime().orElse(null));
    }

    @Override
    public SchemaResult getSchema(CallContext context, FlightDescriptor descriptor) {
        return translated(() -> commands.getSchema(context, descriptor));
    }

    @Override
    public Runnable acceptPut(CallContext context, FlightStream stream, StreamListener<PutResult> listener) {
        Runnable work = translated(() -> {
            refuseWhileDraining();
            return commands.acceptPut(context, stream, listener);
        });
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                listener.onError(FlightErrors.toFlight(e));
            }
        };
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
        try {
            commands.doAction(context, action, listener);
        } catch (RuntimeException e) {
            listener.onError(FlightErrors.toFlight(e));
        }
    }

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> listener) {
        translated(() -> commands.listActions(context, listener));
    }

    private void refuseWhileDraining() {
        if (draining.get()) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "The server is stopping; send the statement to another one");
        }
    }

    private static void translated(Runnable call) {
        translated(() -> {
            call.run();
            return true;
        });
    }

    private static <T> T translated(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw FlightErrors.toFlight(e);
        }
    }
}
