package dev.tarn.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Sends the requests that prepare a measurement; none of them is measured. Thread-safe. */
final class RestClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /** The body of a successful answer. */
    String get(URI uri) {
        return send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build());
    }

    /** The body of a successful answer. */
    String get(Peer peer, String path) {
        return send(request(peer, path).GET().build());
    }

    /** The body of a successful answer. */
    String post(Peer peer, String path, String json) {
        return send(request(peer, path)
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    /** A token by client credentials. */
    String token(URI endpoint, String clientId, String clientSecret) {
        String form =
                "grant_type=client_credentials&scope=catalog&client_id=" + clientId + "&client_secret=" + clientSecret;
        String answer = send(HttpRequest.newBuilder(endpoint)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build());
        try {
            return new ObjectMapper().readTree(answer).path("access_token").asText();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The token endpoint answered no JSON", e);
        }
    }

    boolean answers(URI uri) {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static HttpRequest.Builder request(Peer peer, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(peer.root() + path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json");
        peer.authorization().ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private String send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException("%s %s was answered with %d: %s"
                        .formatted(request.method(), request.uri(), response.statusCode(), response.body()));
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted during " + request.uri(), e);
        }
    }
}
