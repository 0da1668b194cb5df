package dev.tarn.flight.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.Sha256;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.Caller;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Leaves every decision to the REST catalog: a bearer token counts if the catalog takes it, user name and password count if
 * the catalog gives a token for them as client id and secret. The token is the caller's key to the catalog, so that every
 * table is opened as the caller. Thread-safe.
 */
public final class CatalogLogin implements Authenticator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** For so long the catalog is not asked again about a token; tables are asked for with it anyway. */
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    private static final int MAX_REMEMBERED = 10_000;

    private final URI catalog;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();
    private final Cache<String, Caller> accepted = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();

    /** Asks the catalog at an address such as {@code http://127.0.0.1:8181}. */
    public CatalogLogin(URI catalog) {
        this.catalog = catalog;
    }

    @Override
    public Caller anonymous() {
        throw unauthenticated("A login is needed: send a bearer token of the catalog, or a client id and its secret");
    }

    @Override
    public Caller login(String user, Optional<Secret> password) {
        Secret secret = password.orElseThrow(
                () -> unauthenticated("A login needs a client id as user name and its secret as password"));
        Map<String, String> form = Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                user,
                "client_secret",
                secret.reveal(),
                "scope",
                "catalog");
        String body = form.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(catalog + "/v1/oauth/tokens"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        if (answer.statusCode() != 200) {
            throw refused(answer.statusCode(), "The catalog refused the client id or its secret");
        }
        JsonNode token = json(answer.body()).path("access_token");
        if (!token.isTextual() || token.textValue().isEmpty()) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "The catalog's answer to a login holds no token");
        }
        return bearer(Secret.of(token.textValue()));
    }

    @Override
    public Caller bearer(Secret token) {
        String hash = hash(token);
        Caller known = accepted.getIfPresent(hash);
        if (known != null) {
            return known;
        }
        if (!token.reveal().chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw unauthenticated("The bearer token holds characters that no token has");
        }
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(catalog + "/v1/config"))
                .header("authorization", "Bearer " + token.reveal())
                .GET());
        if (answer.statusCode() != 200) {
            throw refused(answer.statusCode(), "The catalog refused the bearer token");
        }
        Caller caller = new Caller(principal(token, hash), Optional.of(token));
        accepted.put(hash, caller);
        return caller;
    }

    @Override
    public Caller resumed(String principal, Optional<Secret> catalogToken) {
        return bearer(catalogToken.orElseThrow(() -> unauthenticated("The session holds no login: log in again")));
    }

    /** The catalog has just proven the token, so that its claims can be believed; what is no JWT goes by its hash. */
    private static String principal(Secret token, String hash) {
        String[] parts = token.reveal().split("\\.", -1);
        if (parts.length == 3) {
            try {
                JsonNode claims = json(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
                if (claims.path("sub").isTextual()) {
                    return claims.path("iss").asText("") + "#"
                            + claims.path("sub").textValue();
                }
            } catch (IllegalArgumentException e) {
                return "token-" + hash.substring(0, 16);
            }
        }
        return "token-" + hash.substring(0, 16);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "The catalog at %s does not answer: %s".formatted(catalog, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while the catalog was asked about a login", e);
        }
    }

    private static TarnException refused(int status, String message) {
        return switch (status) {
            case 400, 401, 403 -> unauthenticated(message);
            case 429 -> new TarnException(ErrorKind.OVERLOADED, "The catalog takes no more logins now; try again");
            default -> new TarnException(ErrorKind.UNAVAILABLE, "The catalog answered %d to a login".formatted(status));
        };
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            // Without its cause: the message of the parser repeats what it read.
            throw new IllegalArgumentException("Not JSON");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String hash(Secret token) {
        return HexFormat.of().formatHex(Sha256.of(token.reveal().getBytes(StandardCharsets.UTF_8)));
    }

    private static TarnException unauthenticated(String message) {
        return new TarnException(ErrorKind.UNAUTHENTICATED, message);
    }
}
