package dev.tarn.catalog.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.text.ParseException;
import java.util.Locale;
import java.util.Set;

/**
 * A token in the form of a signed JWT, read but not believed: nothing in it counts before its signature does.
 *
 * @param jws header, payload and signature
 * @param claims the payload
 */
record SignedToken(JWSObject jws, ObjectNode claims) {
    /** Claims are lists and small objects at most. */
    private static final int MAX_DEPTH = 20;

    private static final ObjectReader JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

    /**
     * Reads a token.
     *
     * @throws TarnException UNAUTHENTICATED if it is no signed JWT, or its header asks for what only an attacker needs
     */
    static SignedToken parse(String token) {
        try {
            JWSObject jws = JWSObject.parse(token);
            object(jws.getHeader().toBase64URL().decode());
            checkHeader(jws.getHeader());
            return new SignedToken(jws, object(jws.getPayload().toBytes()));
        } catch (ParseException | IOException | IllegalArgumentException | IllegalStateException e) {
            throw new TarnException(ErrorKind.UNAUTHENTICATED, "The token is no signed JWT", e);
        }
    }

    /** The issuer that the token claims to have; empty if it has none. */
    String claimedIssuer() {
        return claims.path("iss").asText("");
    }

    private static void checkHeader(JWSHeader header) {
        JOSEObjectType type = header.getType();
        if (type != null && !TYPES.contains(type.getType().toLowerCase(Locale.ROOT))) {
            throw refused("The token is of another type than an access token");
        }
        if (header.getContentType() != null) {
            throw refused("The token holds another one");
        }
        if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
            throw refused("The token's header asks for extensions that are not supported");
        }
        boolean bringsKey = header.getJWK() != null
                || header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getX509CertChain() != null;
        if (bringsKey) {
            throw refused("The token's header brings its own key");
        }
    }

    private static ObjectNode object(byte[] json) throws IOException {
        if (JSON.readTree(json) instanceof ObjectNode object) {
            return object;
        }
        throw refused("The token's parts must be JSON objects");
    }

    private static TarnException refused(String message) {
        return BearerHeader.unauthenticated(message);
    }
}
