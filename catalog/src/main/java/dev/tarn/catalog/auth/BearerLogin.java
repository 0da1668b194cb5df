package dev.tarn.catalog.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.common.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the caller behind a bearer token of any issuer that counts here. A proven token is remembered by its hash for a
 * short while, so that most requests need no signature to be checked. Thread-safe.
 */
final class BearerLogin implements Authenticator {
    /** With the time between two reads of a provider's keys this stays below a minute. */
    static final Duration REMEMBERED = Duration.ofSeconds(25);

    /** Tokens that are remembered; each takes some hundred bytes. */
    private static final int MAX_REMEMBERED = 10_000;

    private final Optional<OwnTokens> own;
    private final Optional<OidcTokens> oidc;
    private final Clock clock;
    private final Cache<String, Known> known =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    private record Known(Caller caller, Instant until) {}

    BearerLogin(Optional<OwnTokens> own, Optional<OidcTokens> oidc, Clock clock) {
        this.own = own;
        this.oidc = oidc;
        this.clock = clock;
    }

    @Override
    public Caller authenticate(Optional<String> authorization) {
        String token = BearerHeader.token(authorization);
        String hash = hash(token);
        Instant now = clock.instant();
        Known remembered = known.getIfPresent(hash);
        if (remembered != null && now.isBefore(remembered.until())) {
            return remembered.caller();
        }
        SignedToken parsed = SignedToken.parse(token);
        Known proven = prove(parsed, now.plus(REMEMBERED));
        known.put(hash, proven);
        return proven.caller();
    }

    @Override
    public Optional<Caller> callerInMemory(Optional<String> authorization) {
        if (authorization.isEmpty() || !BearerHeader.isWellFormed(authorization.get())) {
            return Optional.empty();
        }
        Known remembered = known.getIfPresent(hash(BearerHeader.token(authorization)));
        return remembered != null && clock.instant().isBefore(remembered.until())
                ? Optional.of(remembered.caller())
                : Optional.empty();
    }

    /** The issuer that a token claims only chooses who checks it; the check is on the issuer too. */
    private Known prove(SignedToken token, Instant atMost) {
        String issuer = token.claimedIssuer();
        if (own.isPresent() && issuer.equals(OwnTokens.ISSUER)) {
            JwtVerifier.Verified verified = own.get().verifier().verify(token);
            return new Known(new Caller(verified.text("sub"), Set.of()), earlier(verified.expiresAt(), atMost));
        }
        if (oidc.isPresent() && issuer.equals(oidc.get().issuer())) {
            JwtVerifier.Verified verified = oidc.get().verifier().verify(token);
            return new Known(oidc.get().caller(verified), earlier(verified.expiresAt(), atMost));
        }
        throw BearerHeader.unauthenticated("The token is of another issuer");
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static String hash(String token) {
        return Base64.getEncoder().encodeToString(Sha256.of(token.getBytes(StandardCharsets.US_ASCII)));
    }
}
