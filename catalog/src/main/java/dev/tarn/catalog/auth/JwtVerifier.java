package dev.tarn.catalog.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Believes a token or not: signature by a key of the issuer with an algorithm that was chosen here, then issuer, audience
 * and times. Thread-safe.
 */
final class JwtVerifier {
    /** Clocks of two machines that are kept in step differ by less. */
    static final Duration SKEW = Duration.ofSeconds(30);

    /** The end of the year 9999: what is later is no time. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    private static final int MIN_RSA_BITS = 2048;

    /** What only ID and logout tokens hold; they are for the client that asked for a login and not for a catalog. */
    private static final List<String> ID_TOKEN_CLAIMS = List.of("nonce", "at_hash", "c_hash", "events");

    private final String issuer;
    private final List<String> audiences;
    private final Set<JWSAlgorithm> algorithms;
    private final KeySource keys;
    private final Clock clock;

    JwtVerifier(String issuer, List<String> audiences, Set<JWSAlgorithm> algorithms, KeySource keys, Clock clock) {
        this.issuer = issuer;
        this.audiences = List.copyOf(audiences);
        this.algorithms = Set.copyOf(algorithms);
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * What a token says, once it is proven.
     *
     * @param claims the payload
     * @param expiresAt from when on it counts no more, skew included
     */
    record Verified(ObjectNode claims, Instant expiresAt) {
        /** A claim that is a text; refused if it is absent or something else. */
        String text(String claim) {
            JsonNode value = claims.path(claim);
            if (!value.isTextual() || value.textValue().isEmpty()) {
                throw refused("The token must hold the claim '%s'".formatted(claim));
            }
            return value.textValue();
        }
    }

    /**
     * Proves a token.
     *
     * @throws TarnException UNAUTHENTICATED saying what is wrong with it
     */
    Verified verify(SignedToken token) {
        Verified verified = verifyExpired(token);
        if (!clock.instant().isBefore(verified.expiresAt())) {
            throw refused("The token is expired");
        }
        return verified;
    }

    /** The same for a token that may be expired: for who can prove in another way that it is theirs. */
    Verified verifyExpired(SignedToken token) {
        checkSignature(token);
        ObjectNode claims = token.claims();
        if (!claims.path("iss").isTextual() || !claims.path("iss").textValue().equals(issuer)) {
            throw refused("The token is of another issuer");
        }
        if (!isForUs(claims.path("aud"))) {
            throw refused("The token is for another audience");
        }
        boolean isIdToken = ID_TOKEN_CLAIMS.stream().anyMatch(claims::has)
                || claims.path("typ").asText("Bearer").matches("(?i)ID|Refresh|Offline|Logout");
        if (isIdToken) {
            throw refused("The token is of another type than an access token");
        }
        Instant now = clock.instant();
        for (String start : List.of("nbf", "iat")) {
            if (claims.has(start) && time(claims, start).minus(SKEW).isAfter(now)) {
                throw refused("The token is not valid yet");
            }
        }
        return new Verified(claims, time(claims, "exp").plus(SKEW));
    }

    private void checkSignature(SignedToken token) {
        JWSHeader header = token.jws().getHeader();
        if (!algorithms.contains(header.getAlgorithm())) {
            throw refused("The token is signed with an algorithm that is not accepted");
        }
        List<JWK> candidates = new ArrayList<>();
        String keyId = header.getKeyID() == null ? "" : header.getKeyID();
        for (JWK key : keys.keys(keyId)) {
            boolean named = header.getKeyID() == null || keyId.equals(key.getKeyID());
            if (named && fits(key, header.getAlgorithm())) {
                candidates.add(key);
            }
        }
        if (candidates.size() != 1) {
            throw refused("The token is signed with an unknown key");
        }
        try {
            if (!token.jws().verify(verifier(candidates.get(0)))) {
                throw refused("The token's signature is wrong");
            }
        } catch (JOSEException e) {
            throw new TarnException(ErrorKind.UNAUTHENTICATED, "The token's signature cannot be checked", e);
        }
    }

    /** The key decides what may be signed with it, never the token. */
    private static boolean fits(JWK key, JWSAlgorithm algorithm) {
        boolean mayVerify = (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY))
                && (key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm));
        if (!mayVerify || !key.getKeyType().equals(KeyType.forAlgorithm(algorithm))) {
            return false;
        }
        if (key instanceof ECKey elliptic) {
            return Curve.forJWSAlgorithm(algorithm).contains(elliptic.getCurve());
        }
        return key instanceof RSAKey && key.size() >= MIN_RSA_BITS;
    }

    private static JWSVerifier verifier(JWK key) throws JOSEException {
        return key instanceof ECKey elliptic
                ? new ECDSAVerifier(elliptic.toECPublicKey())
                : new RSASSAVerifier(key.toRSAKey().toRSAPublicKey());
    }

    private boolean isForUs(JsonNode audience) {
        if (audience.isTextual()) {
            return audiences.contains(audience.textValue());
        }
        if (!audience.isArray()) {
            return false;
        }
        boolean found = false;
        for (JsonNode one : audience) {
            if (!one.isTextual()) {
                return false;
            }
            found |= audiences.contains(one.textValue());
        }
        return found;
    }

    private static Instant time(ObjectNode claims, String claim) {
        JsonNode value = claims.path(claim);
        if (!value.isNumber()
                || !Double.isFinite(value.doubleValue())
                || value.doubleValue() < 0
                || value.doubleValue() > MAX_SECONDS) {
            throw refused("The token must hold the claim '%s' as a time in seconds".formatted(claim));
        }
        return Instant.ofEpochSecond(value.longValue());
    }

    private static TarnException refused(String message) {
        return BearerHeader.unauthenticated(message);
    }
}
