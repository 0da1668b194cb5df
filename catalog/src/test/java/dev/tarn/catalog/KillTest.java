package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the server process at random while clients commit. */
class KillTest {
    private static final int CLIENTS = 4;
    private static final int ACKNOWLEDGED = 1_000;
    private static final int KILLS = 15;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();
    private final Object change = new Object();
    private URI current = URI.create("http://127.0.0.1:1");
    private boolean stopped;

    @Test
    void noAcknowledgedCommitIsLostAndNoneIsAppliedTwice(@TempDir Path folder) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);
        AtomicInteger kills = new AtomicInteger();
        ForkedCatalog server = ForkedCatalog.start(folder);
        try {
            createTables(server.uri());
            publish(server.uri());
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                long clientSeed = random.nextLong();
                clients.add(executor.submit(() -> commitUntilStopped(client, new Random(clientSeed))));
            }
            int nextKill = 0;
            while (acknowledged.size() < ACKNOWLEDGED || kills.get() < KILLS) {
                nextKill += 1 + random.nextInt(2 * ACKNOWLEDGED / KILLS - 10);
                awaitAcknowledged(nextKill);
                server.close();
                kills.incrementAndGet();
                server = ForkedCatalog.start(folder);
                nextKill = acknowledged.size();
                publish(server.uri());
            }
            stop();
            for (Future<?> client : clients) {
                client.get();
            }
            System.out.printf(
                    "kill test: seed %d, kills %d, acknowledged %d, unknown %d%n",
                    seed, kills.get(), acknowledged.size(), unknown.size());
            check(server.uri(), seed);
        } finally {
            stop();
            server.close();
            executor.shutdownNow();
        }
    }

    private void commitUntilStopped(int client, Random random) {
        for (int i = 0; !isStopped(); i++) {
            String name = client + "-" + i;
            String body = "{\"requirements\":[],\"updates\":[{\"action\":\"set-properties\",\"updates\":"
                    + "{\"c%s\":\"1\",\"last\":\"%s\"}}]}".formatted(name, name);
            String key = UUID.randomUUID().toString();
            boolean mayGiveUp = random.nextInt(4) == 0;
            URI uri = uri();
            while (true) {
                if (send(uri, "POST", "/v1/namespaces/db/tables/t" + client, body, key) == 200) {
                    acknowledged(name);
                    break;
                }
                URI other = mayGiveUp ? null : awaitOther(uri);
                if (other == null) {
                    unknown.add(name);
                    awaitOther(uri);
                    break;
                }
                uri = other;
            }
        }
    }

    private void createTables(URI uri) {
        assertThat(send(
                        uri,
                        "POST",
                        "/v1/namespaces",
                        "{\"namespace\":[\"db\"]}",
                        UUID.randomUUID().toString()))
                .isEqualTo(200);
        for (int i = 0; i < CLIENTS; i++) {
            String body =
                    "{\"name\":\"t%d\",\"schema\":{\"type\":\"struct\",\"fields\":[{\"id\":1,\"name\":\"id\",\"required\":true,\"type\":\"long\"}]}}"
                            .formatted(i);
            assertThat(send(
                            uri,
                            "POST",
                            "/v1/namespaces/db/tables",
                            body,
                            UUID.randomUUID().toString()))
                    .isEqualTo(200);
        }
    }

    private void check(URI uri, long seed) throws IOException, InterruptedException {
        Set<String> present = new HashSet<>();
        for (int i = 0; i < CLIENTS; i++) {
            JsonNode table = JSON.readTree(http.send(
                            HttpRequest.newBuilder(URI.create(uri + "/v1/namespaces/db/tables/t" + i))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
            Set<String> ofTable = new HashSet<>();
            table.path("metadata").path("properties").fieldNames().forEachRemaining(property -> {
                if (property.startsWith("c")) {
                    ofTable.add(property.substring(1));
                }
            });
            ofTable.remove("ommit.retry.num-retries");
            String file = table.path("metadata-location").textValue();
            int versions = Integer.parseInt(file.substring(file.lastIndexOf('/') + 1, file.lastIndexOf('/') + 6));
            // A commit that was applied twice would set "last" back and so make one more version.
            assertThat(versions).as("versions of t%d, seed %d", i, seed).isEqualTo(ofTable.size());
            present.addAll(ofTable);
        }
        assertThat(present).as("seed %d", seed).containsAll(acknowledged);
        present.removeAll(acknowledged);
        assertThat(unknown).as("seed %d", seed).containsAll(present);
    }

    private int send(URI uri, String method, String path, String body, String key) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(uri + path))
                                    .timeout(Duration.ofSeconds(20))
                                    .header("Idempotency-Key", key)
                                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private void acknowledged(String name) {
        synchronized (change) {
            acknowledged.add(name);
            change.notifyAll();
        }
    }

    private void awaitAcknowledged(int count) throws InterruptedException {
        synchronized (change) {
            while (acknowledged.size() < count) {
                change.wait();
            }
        }
    }

    private void publish(URI uri) {
        synchronized (change) {
            current = uri;
            change.notifyAll();
        }
    }

    private void stop() {
        synchronized (change) {
            stopped = true;
            change.notifyAll();
        }
    }

    private boolean isStopped() {
        synchronized (change) {
            return stopped;
        }
    }

    private URI uri() {
        synchronized (change) {
            return current;
        }
    }

    /** The address of the next server; null if there will be none. */
    private URI awaitOther(URI failed) {
        synchronized (change) {
            try {
                while (!stopped && current.equals(failed)) {
                    change.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
            return stopped && current.equals(failed) ? null : current;
        }
    }
}
