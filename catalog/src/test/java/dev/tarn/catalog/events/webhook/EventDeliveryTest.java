package dev.tarn.catalog.events.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.sql.SqliteCatalogDatabase;
import dev.tarn.common.Closer;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventDeliveryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    private final Closer closer = new Closer();
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final List<String> signatures = new CopyOnWriteArrayList<>();
    private final AtomicInteger status = new AtomicInteger(204);
    private CatalogDatabase database;
    private HttpServer receiver;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        database = closer.register(SqliteCatalogDatabase.open(folder, Clock.systemUTC()));
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        closer.register(() -> receiver.stop(0));
        receiver.createContext("/hook", this::receive);
        receiver.start();
    }

    @AfterEach
    void stop() {
        closer.close();
    }

    @Test
    void eventsArriveInOrderAsCloudEventsWithASignature() {
        for (int i = 0; i < 5; i++) {
            happen("op-" + i);
        }
        deliver(settings(Optional.of(Secret.of("key"))));

        await().until(() -> received.size() == 5);
        assertThat(types()).containsExactly("op-0", "op-1", "op-2", "op-3", "op-4");
        JsonNode first = received.get(0);
        assertThat(first.path("specversion").asText()).isEqualTo("1.0");
        assertThat(first.path("source").asText()).isEqualTo("/warehouses/default");
        assertThat(first.path("subject").asText()).isEqualTo("shop.eu");
        assertThat(first.path("time").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(first.path("data").path("principal").asText()).isEqualTo("ada");
        assertThat(signatures).allMatch(signature -> signature.matches("sha256=[0-9a-f]{64}"));
    }

    @Test
    void aFailingWebhookGetsTheSameEventsAgainUntilItTakesThem() {
        status.set(503);
        happen("kept");
        deliver(settings(Optional.empty()));
        await().until(() -> !received.isEmpty());
        assertThat(database.events().cursor(EventDelivery.CONSUMER)).isZero();

        status.set(200);

        await().until(() -> database.events().cursor(EventDelivery.CONSUMER) > 0);
        assertThat(types()).isNotEmpty().containsOnly("kept");
    }

    @Test
    void aNewDeliveryGoesOnWhereTheLastOneEnded() {
        EventDelivery first = deliver(settings(Optional.empty()));
        happen("one");
        await().until(() -> database.events().cursor(EventDelivery.CONSUMER) > 0);
        first.close();
        // The lease of the first one would keep the second one waiting for its end.
        long lease = database.events().cursor("webhook-lease");
        assertThat(database.events().advance("webhook-lease", lease, 1)).isTrue();

        happen("two");
        deliver(settings(Optional.empty()));

        await().until(() -> types().contains("two"));
        assertThat(types()).containsExactly("one", "two");
    }

    @Test
    void ofTwoReplicasOneDelivers() {
        deliver(settings(Optional.empty()));
        deliver(settings(Optional.empty()));

        for (int i = 0; i < 20; i++) {
            happen("op-" + i);
        }

        await().until(() -> types().contains("op-19"));
        assertThat(types()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void addressesThatLeakAreRefused() {
        for (String uri :
                List.of("http://hooks.example.com/", "https://me:pw@hooks.example.com/", "ftp://127.0.0.1/")) {
            assertThatThrownBy(() -> new WebhookSettings(URI.create(uri), Optional.empty(), Duration.ofSeconds(1), 1))
                    .isInstanceOf(TarnException.class)
                    .hasMessageContaining("catalog.events.webhook")
                    .hasMessageNotContaining("pw");
        }
    }

    private void happen(String operation) {
        CatalogEvent event = CatalogEvent.ofNamespace(operation, List.of("shop", "eu"), "ada", AT);
        database.warehouse("default").commit(new StoreTransaction(List.of(), List.of(event), Optional.empty()));
    }

    private WebhookSettings settings(Optional<Secret> secret) {
        URI uri = URI.create(
                "http://127.0.0.1:%d/hook".formatted(receiver.getAddress().getPort()));
        return new WebhookSettings(uri, secret, Duration.ofMillis(20), 3);
    }

    private EventDelivery deliver(WebhookSettings settings) {
        return closer.register(
                EventDelivery.start(database.events(), settings, Clock.systemUTC(), new SimpleMeterRegistry()));
    }

    private List<String> types() {
        List<String> types = new ArrayList<>();
        received.forEach(event -> types.add(event.path("type").asText().replace("dev.tarn.catalog.", "")));
        return types;
    }

    private void receive(HttpExchange exchange) throws IOException {
        JsonNode batch = JSON.readTree(exchange.getRequestBody());
        batch.forEach(received::add);
        signatures.add(String.valueOf(exchange.getRequestHeaders().getFirst(Webhook.SIGNATURE)));
        exchange.sendResponseHeaders(status.get(), -1);
        exchange.close();
    }
}
