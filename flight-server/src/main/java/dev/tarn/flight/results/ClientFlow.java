package dev.tarn.flight.results;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Duration;
import org.apache.arrow.flight.BackpressureStrategy.CallbackBackpressureStrategy;
import org.apache.arrow.flight.BackpressureStrategy.WaitResult;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.jspecify.annotations.Nullable;

/**
 * The speed of one client. Made on the thread of the call, which it never blocks; waited for by the thread that
 * produces. Thread-safe.
 */
final class ClientFlow {
    private final ServerStreamListener listener;
    private final Duration stallTimeout;
    private final CallbackBackpressureStrategy strategy;
    private @Nullable Runnable onCancel;
    private boolean cancelled;

    ClientFlow(ServerStreamListener listener, Duration stallTimeout) {
        this.listener = listener;
        this.stallTimeout = stallTimeout;
        this.strategy = new CallbackBackpressureStrategy() {
            @Override
            protected void cancelCallback() {
                clientWentAway();
            }
        };
        strategy.register(listener);
    }

    /** Runs the action when the client cancels or disconnects; at once if it already has. */
    void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                onCancel = action;
                return;
            }
        }
        action.run();
    }

    /**
     * Waits until the client can take another batch.
     *
     * @throws TarnException CANCELLED if it went away, DEADLINE if it has not read for too long
     */
    void awaitReady() {
        WaitResult result = strategy.waitForListener(stallTimeout.toMillis());
        switch (result) {
            case READY -> {}
            case CANCELLED -> throw new TarnException(ErrorKind.CANCELLED, "The client cancelled the stream");
            case TIMEOUT ->
                throw new TarnException(
                        ErrorKind.DEADLINE,
                        "The client has not read its result for %s (setting 'flight.stall-timeout'); the query was stopped"
                                .formatted(stallTimeout));
            case OTHER -> throw new TarnException(ErrorKind.CANCELLED, "The server is stopping");
        }
    }

    boolean isCancelled() {
        return listener.isCancelled();
    }

    private void clientWentAway() {
        Runnable action;
        synchronized (this) {
            cancelled = true;
            action = onCancel;
        }
        if (action != null) {
            action.run();
        }
    }
}
