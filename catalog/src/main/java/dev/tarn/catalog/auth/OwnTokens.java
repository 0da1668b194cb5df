package dev.tarn.catalog.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.common.Secret;
import dev.tarn.common.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Signs tokens for principals of this catalog, and proves them. Thread-safe. */
final class OwnTokens {
    /** Never the issuer of a provider, since that is an address. */
    static final String ISSUER = "tarn";

    private static final String AUDIENCE = "tarn-catalog";
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

    /** When its holder showed a secret: tokens that follow from this one keep it. */
    private static final String LOGIN_TIME = "auth_time";

    /** Which secret that was, so that tokens cannot be renewed once it was replaced. */
    private static final String SECRET_MARK = "secret_mark";

    /** Without showing the secret again, a login is renewed for a working day and its night, and no longer. */
    private static final Duration MAX_RENEWAL = Duration.ofHours(24);

    private final TokenKeys keys;
    private final Duration lifetime;
    private final Clock clock;
    private final JwtVerifier verifier;

    OwnTokens(TokenKeys keys, Duration lifetime, Clock clock) {
        this.keys = keys;
        this.lifetime = lifetime;
        this.clock = clock;
        this.verifier = new JwtVerifier(ISSUER, List.of(AUDIENCE), Set.of(JWSAlgorithm.ES256), keys, clock);
    }

    JwtVerifier verifier() {
        return verifier;
    }

    Duration lifetime() {
        return lifetime;
    }

    /** A token for somebody who has just shown their secret. */
    Secret issue(PrincipalRecord principal) {
        return issue(principal, clock.instant());
    }

    /**
     * A token for somebody who holds another one.
     *
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED if the login behind it is too old, or its secret was replaced
     */
    Secret renew(PrincipalRecord principal, JwtVerifier.Verified held) {
        Instant loginAt = Instant.ofEpochSecond(held.claims().path(LOGIN_TIME).asLong());
        if (clock.instant().isAfter(loginAt.plus(MAX_RENEWAL))) {
            throw BearerHeader.unauthenticated("The login is older than %s: log in again".formatted(MAX_RENEWAL));
        }
        if (!held.text(SECRET_MARK).equals(mark(principal))) {
            throw BearerHeader.unauthenticated("The secret was replaced: log in again");
        }
        return issue(principal, loginAt);
    }

    private Secret issue(PrincipalRecord principal, Instant loginAt) {
        ECKey key = keys.signing();
        Instant now = clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("aud", AUDIENCE);
        claims.put("sub", principal.clientId());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(lifetime).getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        claims.put(LOGIN_TIME, loginAt.getEpochSecond());
        claims.put(SECRET_MARK, mark(principal));
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(TYPE)
                        .keyID(key.getKeyID())
                        .build(),
                new Payload(claims));
        try {
            token.sign(new ECDSASigner(key));
            return Secret.of(token.serialize());
        } catch (JOSEException e) {
            throw new IllegalStateException("Cannot sign a token with a key that was made for it", e);
        }
    }

    /** A few bytes of a hash of the hash: it tells one secret from the next and nothing else. */
    private static String mark(PrincipalRecord principal) {
        byte[] digest = Sha256.of(principal.secretHash().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 8);
    }
}
