package dev.tarn.flight.protocol;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.flight.engine.Caller;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightServerMiddleware;

/** Who makes a call, and in which session. One per call; thread-safe. */
public final class CallIdentity implements FlightServerMiddleware {
    /** Where a call keeps its identity. */
    public static final FlightServerMiddleware.Key<CallIdentity> KEY = FlightServerMiddleware.Key.of("tarn-identity");

    static final String SESSION_COOKIE = "arrow_flight_session_id";

    private final Caller caller;
    private final Optional<String> newBearer;

    @GuardedBy("this")
    private Optional<String> sessionId;

    @GuardedBy("this")
    private Optional<String> newCookie = Optional.empty();

    CallIdentity(Caller caller, Optional<String> sessionId, Optional<String> newBearer) {
        this.caller = caller;
        this.sessionId = sessionId;
        this.newBearer = newBearer;
    }

    static CallIdentity of(CallContext context) {
        CallIdentity identity = context.getMiddleware(KEY);
        if (identity == null) {
            throw new IllegalStateException("The server was started without the middleware that knows the caller");
        }
        return identity;
    }

    /** Who asks. */
    public Caller caller() {
        return caller;
    }

    /** The session that the call belongs to; absent where the client has none yet. */
    public synchronized Optional<String> sessionId() {
        return sessionId;
    }

    /** The session that the call belongs to; made, and given to the client as a cookie, where there is none. */
    synchronized String sessionIdOrNew() {
        if (sessionId.isEmpty()) {
            String made = UUID.randomUUID().toString();
            sessionId = Optional.of(made);
            newCookie = Optional.of(SESSION_COOKIE + "=" + made);
        }
        return sessionId.get();
    }

    /** Tells the client to forget the session's cookie. */
    synchronized void endSession() {
        newCookie = Optional.of(SESSION_COOKIE + "=; Max-Age=0");
    }

    @Override
    public synchronized void onBeforeSendingHeaders(CallHeaders outgoing) {
        newBearer.ifPresent(token -> outgoing.insert("authorization", "Bearer " + token));
        newCookie.ifPresent(cookie -> outgoing.insert("set-cookie", cookie));
    }

    @Override
    public void onCallCompleted(CallStatus status) {}

    @Override
    public void onCallErrored(Throwable failure) {}
}
