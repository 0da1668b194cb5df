package dev.tarn.flight.protocol;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import dev.tarn.flight.auth.Authenticator;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.results.FlightErrors;
import dev.tarn.flight.tickets.BearerToken;
import dev.tarn.flight.tickets.TicketSigner;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.RequestContext;

/** Finds out who makes a call: from a bearer token, from user name and password, or from neither. Thread-safe. */
public final class CallIdentities implements FlightServerMiddleware.Factory<CallIdentity> {
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";
    /** Session ids are made here and are this long; anything longer is not worth a look-up. */
    private static final int MAX_SESSION_ID_CHARS = 64;

    private final Authenticator authenticator;
    private final TicketSigner signer;
    private final Duration tokenTimeToLive;
    private final Clock clock;

    /** Checks credentials with the authenticator; signs tokens for those who logged in with a password. */
    public CallIdentities(Authenticator authenticator, TicketSigner signer, Duration tokenTimeToLive, Clock clock) {
        this.authenticator = authenticator;
        this.signer = signer;
        this.tokenTimeToLive = tokenTimeToLive;
        this.clock = clock;
    }

    @Override
    public CallIdentity onCallStarted(CallInfo info, CallHeaders incoming, RequestContext context) {
        try {
            String authorization = incoming.get("authorization");
            Optional<String> cookie = sessionCookie(incoming);
            if (authorization == null || authorization.isBlank()) {
                return new CallIdentity(authenticator.anonymous(), cookie, Optional.empty());
            }
            if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                return bearer(authorization.substring(BEARER.length()).strip(), cookie);
            }
            if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
                return basic(authorization.substring(BASIC.length()).strip(), cookie);
            }
            throw unauthenticated("Expected the authorization header to begin with 'Bearer' or 'Basic'");
        } catch (RuntimeException e) {
            throw FlightErrors.toFlight(e);
        }
    }

    private CallIdentity bearer(String token, Optional<String> cookie) {
        if (token.isEmpty()) {
            throw unauthenticated("The authorization header carries an empty bearer token");
        }
        Optional<BearerToken> ours =
                BearerToken.open(token, signer).filter(open -> clock.instant().isBefore(open.expiresAt()));
        if (ours.isEmpty()) {
            return new CallIdentity(authenticator.bearer(Secret.of(token)), cookie, Optional.empty());
        }
        Caller caller = authenticator.resumed(ours.get().principal(), ours.get().catalogToken());
        return new CallIdentity(caller, Optional.of(ours.get().sessionId()), Optional.empty());
    }

    private CallIdentity basic(String encoded, Optional<String> cookie) {
        String pair = decoded(encoded);
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw unauthenticated("Expected user name and password, separated by a colon, in the authorization header");
        }
        Optional<Secret> password = Optional.of(pair.substring(colon + 1))
                .filter(text -> !text.isEmpty())
                .map(Secret::of);
        Caller caller = authenticator.login(pair.substring(0, colon), password);
        String sessionId = cookie.orElseGet(() -> UUID.randomUUID().toString());
        BearerToken token = new BearerToken(
                sessionId, caller.principal(), caller.bearer(), clock.instant().plus(tokenTimeToLive));
        return new CallIdentity(caller, Optional.of(sessionId), Optional.of(token.signedBy(signer)));
    }

    private static String decoded(String encoded) {
        try {
            return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.UNAUTHENTICATED, "The basic credentials of the authorization header are not Base64", e);
        }
    }

    private static Optional<String> sessionCookie(CallHeaders incoming) {
        Iterable<String> headers = incoming.getAll("cookie");
        if (headers == null) {
            return Optional.empty();
        }
        for (String header : headers) {
            for (String cookie : header.split(";", -1)) {
                String stripped = cookie.strip();
                if (stripped.startsWith(CallIdentity.SESSION_COOKIE + "=")) {
                    String value = stripped.substring(CallIdentity.SESSION_COOKIE.length() + 1)
                            .replace("\"", "");
                    return Optional.of(value).filter(id -> !id.isEmpty() && id.length() <= MAX_SESSION_ID_CHARS);
                }
            }
        }
        return Optional.empty();
    }

    private static TarnException unauthenticated(String message) {
        return new TarnException(ErrorKind.UNAUTHENTICATED, message);
    }
}
