package dev.tarn.kafka.registry;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.RetryPolicy;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** GET requests with a login, retries and limits. Not thread-safe. */
final class RegistryRequests {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);

    /** About ten seconds in all: a registry that is restarted is survived, one that is gone is told. */
    private static final RetryPolicy RETRIES = new RetryPolicy(6, Duration.ofMillis(200), Duration.ofSeconds(5));

    /** Schemas of more bytes are a mistake. */
    private static final int MAX_ANSWER_BYTES = 8 << 20;

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private final String root;
    private final RegistryLogin login;
    private final HttpClient client;

    RegistryRequests(URI uri, RegistryLogin login) {
        this.root = uri.toString().replaceAll("/+$", "");
        this.login = login;
        this.client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** The body of the answer; empty if there is nothing of that path. */
    Optional<String> get(String path) {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> response = send(path);
                if (!isTransient(response.statusCode())) {
                    return body(path, response);
                }
                response.body().close();
                if (attempt >= RETRIES.maxAttempts()) {
                    throw new TarnException(
                            ErrorKind.UNAVAILABLE,
                            "Schema registry %s answered %d to GET %s %d times"
                                    .formatted(root, response.statusCode(), path, attempt));
                }
            } catch (IOException e) {
                if (attempt >= RETRIES.maxAttempts()) {
                    throw new TarnException(
                            ErrorKind.UNAVAILABLE,
                            "Cannot reach the schema registry %s after %d attempts: %s"
                                    .formatted(root, attempt, e.getMessage()),
                            e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TarnException(ErrorKind.CANCELLED, "Stopped while waiting for the schema registry", e);
            }
            LockSupport.parkNanos(RETRIES.pauseAfter(attempt).toNanos());
        }
    }

    private HttpResponse<InputStream> send(String path) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path))
                .timeout(REQUEST_TIMEOUT)
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        login.header().ifPresent(header -> request.header("Authorization", header.reveal()));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private Optional<String> body(String path, HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            if (response.statusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            if (response.statusCode() == UNAUTHORIZED || response.statusCode() == FORBIDDEN) {
                throw new TarnException(
                        response.statusCode() == UNAUTHORIZED ? ErrorKind.UNAUTHENTICATED : ErrorKind.FORBIDDEN,
                        "Schema registry %s answered %d to GET %s: check its login"
                                .formatted(root, response.statusCode(), path));
            }
            if (response.statusCode() != OK) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Schema registry %s answered %d to GET %s where 200 or 404 was expected"
                                .formatted(root, response.statusCode(), path));
            }
            byte[] bytes = body.readNBytes(MAX_ANSWER_BYTES + 1);
            if (bytes.length > MAX_ANSWER_BYTES) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Schema registry %s answered more than %d bytes to GET %s"
                                .formatted(root, MAX_ANSWER_BYTES, path));
            }
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private static boolean isTransient(int status) {
        return status == TOO_MANY_REQUESTS || status >= SERVER_ERRORS;
    }
}
