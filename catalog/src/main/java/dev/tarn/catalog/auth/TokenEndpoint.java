package dev.tarn.catalog.auth;

import dev.tarn.catalog.auth.TokenRefusedException.Reason;
import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Gives tokens for client ids and secrets, and new tokens for older ones. Thread-safe. */
public final class TokenEndpoint {
    private static final int MAX_CLIENT_ID_CHARS = 512;
    private static final int MAX_SECRET_CHARS = 1_024;

    private final AccessStore store;
    private final OwnTokens tokens;
    private final ClientSecrets secrets;
    private final FailedLogins failures;
    private final AuditLog audit;

    TokenEndpoint(AccessStore store, OwnTokens tokens, ClientSecrets secrets, FailedLogins failures, AuditLog audit) {
        this.store = store;
        this.tokens = tokens;
        this.secrets = secrets;
        this.failures = failures;
        this.audit = audit;
    }

    /**
     * What a client shows to get a token.
     *
     * @param clientId its id
     * @param secret what proves it
     */
    public record ClientCredential(String clientId, Secret secret) {}

    /**
     * A token.
     *
     * @param token to be sent as bearer token
     * @param lifetime from now
     */
    public record Issued(Secret token, Duration lifetime) {}

    /**
     * A token for somebody who shows a secret.
     *
     * @throws TokenRefusedException INVALID_CLIENT if they do not belong together
     * @throws TarnException OVERLOADED if this client failed too often, or too many log in at once
     */
    public Issued login(ClientCredential credential) {
        PrincipalRecord principal = proven(credential);
        audit.record(principal.clientId(), "login", "", AuditLog.ALLOWED, Map.of());
        return new Issued(tokens.issue(principal), tokens.lifetime());
    }

    /**
     * A new token for an older one of this catalog.
     *
     * @param subject the older token; it may be expired if its holder shows the secret too
     * @param credential what the holder shows, absent if they only hold the token
     * @throws TokenRefusedException INVALID_GRANT if the older one does not count, INVALID_CLIENT for a wrong secret
     */
    public Issued exchange(String subject, Optional<ClientCredential> credential) {
        Optional<PrincipalRecord> shown = credential.map(this::proven);
        try {
            SignedToken parsed = SignedToken.parse(BearerHeader.token(Optional.of("Bearer " + subject)));
            JwtVerifier.Verified held = shown.isPresent()
                    ? tokens.verifier().verifyExpired(parsed)
                    : tokens.verifier().verify(parsed);
            String clientId = held.text("sub");
            if (shown.isPresent() && !shown.get().clientId().equals(clientId)) {
                throw new TokenRefusedException(Reason.INVALID_GRANT, "The token belongs to another client");
            }
            PrincipalRecord principal = shown.or(
                            () -> store.findPrincipalByClientId(clientId).filter(PrincipalRecord::active))
                    .orElseThrow(() -> new TokenRefusedException(
                            Reason.INVALID_GRANT, "The token's principal does not exist any more or is not active"));
            Secret token = shown.isPresent() ? tokens.issue(principal) : tokens.renew(principal, held);
            audit.record(clientId, "renew-login", "", AuditLog.ALLOWED, Map.of());
            return new Issued(token, tokens.lifetime());
        } catch (TokenRefusedException e) {
            throw e;
        } catch (TarnException e) {
            audit.record("unknown", "renew-login", "", AuditLog.DENIED, Map.of());
            throw new TokenRefusedException(Reason.INVALID_GRANT, String.valueOf(e.getMessage()));
        }
    }

    private PrincipalRecord proven(ClientCredential credential) {
        String clientId = credential.clientId();
        if (clientId.length() > MAX_CLIENT_ID_CHARS
                || credential.secret().reveal().length() > MAX_SECRET_CHARS
                || clientId.codePoints().anyMatch(Character::isISOControl)) {
            throw wrong();
        }
        failures.check(clientId);
        Optional<PrincipalRecord> found = store.findPrincipalByClientId(clientId);
        String hash = found.filter(PrincipalRecord::active)
                .map(PrincipalRecord::secretHash)
                .orElse("");
        if (!secrets.matches(credential.secret(), hash) || found.isEmpty()) {
            failures.failed(clientId);
            // Who mixes the fields up has just sent a secret as the id: only ids that exist are written down.
            String shown = found.isPresent() ? clientId : "unknown";
            audit.record(shown, "login", "", AuditLog.DENIED, Map.of());
            throw wrong();
        }
        return found.get();
    }

    private static TokenRefusedException wrong() {
        return new TokenRefusedException(Reason.INVALID_CLIENT, "The client id and the secret do not belong together");
    }
}
