package dev.tarn.catalog.histories;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Requests of one client, each sent to any of the replicas, and sent again until its ending is known. A mutation keeps its
 * key when it is sent again. Confined to one thread.
 */
final class CatalogCalls {
    /** No answer came, or none that could be read. */
    static final int BROKEN = 0;

    private static final Duration ONE_TRY = Duration.ofSeconds(30);
    private static final int MAX_TRIES = 200;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Replica> replicas;
    private final Random random;

    CatalogCalls(List<Replica> replicas, Random random) {
        this.replicas = replicas;
        this.random = random;
    }

    /** An answer; what it is of {@link #BROKEN} is not known. */
    record Reply(int status, String body) {
        /** Whether the server promises that sending it again would not end otherwise. */
        boolean isFinal() {
            return status >= 200 && status < 500 && status != 429;
        }
    }

    /** Reads until there is an answer that says something. */
    Reply read(String path) throws InterruptedException {
        return untilFinal("GET", path, "", 0);
    }

    /** Mutates until the ending is known. */
    Reply mutate(String method, String path, String body) throws InterruptedException {
        return untilFinal(method, path, body, 0);
    }

    /** Mutates, and after a try of unknown ending sometimes gives up: then the answer is not final. */
    Reply mutateImpatiently(String method, String path, String body) throws InterruptedException {
        return untilFinal(method, path, body, 10);
    }

    private Reply untilFinal(String method, String path, String body, int percentGivenUp) throws InterruptedException {
        String key = method.equals("GET") ? "" : UUID.randomUUID().toString();
        for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
            Replica replica = replicas.get(random.nextInt(replicas.size()));
            Reply reply = send(replica.uri(), method, path, body, key);
            if (reply.isFinal() || random.nextInt(100) < percentGivenUp) {
                return reply;
            }
            replica.awaitUp();
        }
        throw new IllegalStateException("%s %s got no answer in %d tries".formatted(method, path, MAX_TRIES));
    }

    private Reply send(URI server, String method, String path, String body, String key) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(ONE_TRY)
                .header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!key.isEmpty()) {
            request.header("Idempotency-Key", key);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Reply(BROKEN, "");
        }
    }
}
