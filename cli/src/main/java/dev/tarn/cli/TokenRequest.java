package dev.tarn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Gets the bearer token of a command: the one that the settings hold, or one for its client id and secret. */
final class TokenRequest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenRequest() {}

    /**
     * The token to send, absent if the settings hold no login.
     *
     * @throws TarnException UNAUTHENTICATED if the credential is refused, UNAVAILABLE if nothing answers
     */
    static Optional<Secret> token(ClientSettings client, HttpClient http) {
        ClientLogin login = client.login();
        if (login.clientId().isEmpty() || login.clientSecret().isEmpty()) {
            return login.token();
        }
        String uri = login.tokenUri().isEmpty()
                ? client.catalogUri().toString().replaceAll("/+$", "") + "/v1/oauth/tokens"
                : login.tokenUri();
        String form = "grant_type=client_credentials&client_id="
                + encoded(login.clientId().get())
                + "&client_secret=" + encoded(login.clientSecret().get().reveal())
                + "&scope=" + encoded(login.scope().isEmpty() ? "catalog" : login.scope());
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(TIMEOUT)
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode body = JSON.readTree(answer.body());
            if (answer.statusCode() != 200 || !body.path("access_token").isTextual()) {
                throw refused(
                        uri, answer.statusCode(), body.path("error_description").asText("no reason was given"));
            }
            return Optional.of(Secret.of(body.path("access_token").textValue()));
        } catch (JsonProcessingException e) {
            // Without its cause: the message of the parser repeats what it read.
            throw new TarnException(ErrorKind.UNAVAILABLE, "%s does not answer like a token endpoint".formatted(uri));
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot reach the token endpoint %s: %s; is 'tarn serve' running?".formatted(uri, e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while logging in", e);
        }
    }

    private static TarnException refused(String uri, int status, String reason) {
        ErrorKind kind = status == 429 ? ErrorKind.OVERLOADED : ErrorKind.UNAUTHENTICATED;
        return new TarnException(kind, "%s refused the login: %s".formatted(uri, reason));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
