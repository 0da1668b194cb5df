package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.TokenEndpoint;
import dev.tarn.catalog.auth.TokenRefusedException;
import dev.tarn.catalog.auth.TokenRefusedException.Reason;
import dev.tarn.catalog.http.Response;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * The token endpoint: client credentials (<a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749</a>) and
 * token exchange as the Iceberg clients renew their tokens (<a href="https://www.rfc-editor.org/rfc/rfc8693">RFC 8693</a>).
 * Thread-safe.
 */
final class TokenRoutes {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String BASIC = "Basic ";
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";

    /** Tokens and secrets; no request needs more. */
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private static final Map<String, String> NEVER_KEPT =
            Map.of("content-type", "application/json", "cache-control", "no-store", "pragma", "no-cache");

    private final TokenEndpoint tokens;

    TokenRoutes(TokenEndpoint tokens) {
        this.tokens = tokens;
    }

    List<Route> routes() {
        return List.of(Route.of("POST", "/v1/oauth/tokens", Guard.nobody(), this::token));
    }

    private Response token(RestRequest request) {
        try {
            Map<String, String> form = form(request);
            Optional<TokenEndpoint.ClientCredential> credential = credential(request, form);
            TokenEndpoint.Issued issued =
                    switch (required(form, "grant_type")) {
                        case "client_credentials" ->
                            tokens.login(credential.orElseThrow(() -> new TokenRefusedException(
                                    Reason.INVALID_CLIENT, "A client id and a secret are needed")));
                        case EXCHANGE -> exchange(form, credential);
                        default ->
                            throw new TokenRefusedException(
                                    Reason.UNSUPPORTED_GRANT_TYPE,
                                    "The grant_type must be client_credentials or " + EXCHANGE);
                    };
            return answer(issued, form.getOrDefault("scope", "catalog"));
        } catch (TokenRefusedException e) {
            return refused(e);
        } catch (BadRequestException e) {
            return refused(new TokenRefusedException(Reason.INVALID_REQUEST, String.valueOf(e.getMessage())));
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.OVERLOADED) {
                throw e;
            }
            return Response.of(429, with("retry-after", "60"), error("invalid_client", String.valueOf(e.getMessage())));
        }
    }

    private TokenEndpoint.Issued exchange(
            Map<String, String> form, Optional<TokenEndpoint.ClientCredential> credential) {
        String type = required(form, "subject_token_type");
        if (!type.equals(ACCESS_TOKEN) && !type.equals(JWT)) {
            throw new TokenRefusedException(
                    Reason.INVALID_REQUEST, "The subject_token_type must be %s or %s".formatted(ACCESS_TOKEN, JWT));
        }
        return tokens.exchange(required(form, "subject_token"), credential);
    }

    private static Response answer(TokenEndpoint.Issued issued, String scope) {
        ObjectNode body = Json.object();
        body.put("access_token", issued.token().reveal());
        body.put("token_type", "bearer");
        body.put("expires_in", issued.lifetime().toSeconds());
        body.put("issued_token_type", ACCESS_TOKEN);
        body.put("scope", scope);
        return Response.of(200, NEVER_KEPT, Json.bytes(body));
    }

    private static Response refused(TokenRefusedException refusal) {
        byte[] body = error(refusal.reason().name().toLowerCase(Locale.ROOT), String.valueOf(refusal.getMessage()));
        return refusal.reason() == Reason.INVALID_CLIENT
                ? Response.of(401, with("www-authenticate", "Basic realm=\"tarn\""), body)
                : Response.of(400, NEVER_KEPT, body);
    }

    private static byte[] error(String code, String description) {
        return Json.bytes(Map.of("error", code, "error_description", description));
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> headers = new HashMap<>(NEVER_KEPT);
        headers.put(name, value);
        return headers;
    }

    private static Map<String, String> form(RestRequest request) {
        String type = request.http().header("content-type").orElse("");
        if (!type.toLowerCase(Locale.ROOT).replaceAll("[ ;].*", "").equals(FORM)) {
            throw new BadRequestException("The content type must be %s", FORM);
        }
        byte[] body = request.http().body();
        if (body.length > MAX_BODY_BYTES) {
            throw new BadRequestException("The form may have at most %s bytes", MAX_BODY_BYTES);
        }
        Map<String, String> form = new HashMap<>();
        PathDecoder.query(new String(body, StandardCharsets.US_ASCII))
                .forEach((name, value) -> form.put(name, PathDecoder.decode(value)));
        return form;
    }

    /** In the header or in the form, but not in both. */
    private static Optional<TokenEndpoint.ClientCredential> credential(RestRequest request, Map<String, String> form) {
        Optional<String> basic = request.http()
                .header("authorization")
                .filter(header -> header.regionMatches(true, 0, BASIC, 0, BASIC.length()));
        boolean inForm = form.containsKey("client_id") || form.containsKey("client_secret");
        if (basic.isPresent() && inForm) {
            throw new BadRequestException("The client must be in the Authorization header or in the form, not in both");
        }
        if (basic.isPresent()) {
            return Optional.of(basic(basic.get().substring(BASIC.length())));
        }
        return inForm
                ? Optional.of(new TokenEndpoint.ClientCredential(
                        required(form, "client_id"), Secret.of(required(form, "client_secret"))))
                : Optional.empty();
    }

    /** Both parts as they are: no client of the protocol encodes them, and the ids and secrets made here need none. */
    private static TokenEndpoint.ClientCredential basic(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e, "The Basic credentials are not Base64");
        }
        int colon = pair.indexOf(':');
        if (colon < 1 || colon == pair.length() - 1) {
            throw new BadRequestException(
                    "The Basic credentials must be a client id and a secret with a colon between");
        }
        return new TokenEndpoint.ClientCredential(pair.substring(0, colon), Secret.of(pair.substring(colon + 1)));
    }

    private static String required(Map<String, String> form, String name) {
        String value = form.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new BadRequestException("The form must hold '%s'", name);
        }
        return value;
    }
}
