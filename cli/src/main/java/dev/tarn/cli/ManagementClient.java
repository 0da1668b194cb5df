package dev.tarn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The administration of a catalog server over its {@code /management/v1} paths. Not thread-safe; nothing to close. */
final class ManagementClient {
    /** A server that makes a warehouse asks its store first, which may take some seconds. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI root;
    private final Optional<Secret> token;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    ManagementClient(ClientSettings client) {
        this.root = client.catalogUri();
        this.token = TokenRequest.token(client, http);
    }

    /** An object to be filled and sent. */
    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A text as one segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) {
        return send(request("GET", path, HttpRequest.BodyPublishers.noBody()));
    }

    JsonNode post(String path, ObjectNode body) {
        return send(request("POST", path, HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    JsonNode put(String path, ObjectNode body) {
        return send(request("PUT", path, HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    void delete(String path) {
        send(request("DELETE", path, HttpRequest.BodyPublishers.noBody()));
    }

    /**
     * Every entry of a list, page by page.
     *
     * @param path without a page token
     * @param field name of the list in the answers
     */
    List<JsonNode> list(String path, String field) {
        List<JsonNode> all = new ArrayList<>();
        String next = path;
        while (true) {
            JsonNode page = get(next);
            page.path(field).forEach(all::add);
            JsonNode token = page.path("next-page-token");
            if (!token.isTextual()) {
                return all;
            }
            next = path + (path.contains("?") ? "&" : "?") + "pageToken=" + segment(token.textValue());
        }
    }

    private HttpRequest request(String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(root.toString().replaceAll("/+$", "") + "/management/v1" + path))
                .timeout(TIMEOUT)
                .header("content-type", "application/json")
                .method(method, body);
        token.ifPresent(secret -> request.header("authorization", "Bearer " + secret.reveal()));
        return request.build();
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() >= 400) {
                throw failure(response);
            }
            return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new TarnException(ErrorKind.UNSUPPORTED, "%s does not answer like a Tarn catalog".formatted(root), e);
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot reach the catalog at %s: %s; is 'tarn serve' running?".formatted(root, e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while the catalog was asked", e);
        }
    }

    private TarnException failure(HttpResponse<String> response) {
        String message = "";
        String type = "";
        try {
            JsonNode error = JSON.readTree(response.body()).path("error");
            message = error.path("message").asText();
            type = error.path("type").asText();
        } catch (JsonProcessingException e) {
            type = "no JSON";
        }
        if (message.isEmpty()) {
            return new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "%s answered %d and does not look like a Tarn catalog".formatted(root, response.statusCode()));
        }
        return new TarnException(kind(response.statusCode(), type), message);
    }

    private static ErrorKind kind(int status, String type) {
        return switch (status) {
            case 401 -> ErrorKind.UNAUTHENTICATED;
            case 403 -> ErrorKind.FORBIDDEN;
            case 404 -> ErrorKind.NOT_FOUND;
            case 409 -> type.equals("AlreadyExistsException") ? ErrorKind.ALREADY_EXISTS : ErrorKind.CONFLICT;
            case 429 -> ErrorKind.OVERLOADED;
            case 503 -> ErrorKind.UNAVAILABLE;
            default ->
                type.equals("CommitStateUnknownException")
                        ? ErrorKind.UNKNOWN_OUTCOME
                        : status >= 500 ? ErrorKind.INTERNAL : ErrorKind.INVALID;
        };
    }
}
