package dev.tarn.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProxyTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicReference<Cut> cut = new AtomicReference<>(Cut.NONE);
    private HttpServer server;
    private HttpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(body);
            byte[] answer = ("echo " + body).getBytes(StandardCharsets.UTF_8);
            boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
            exchange.sendResponseHeaders(200, chunked ? 0 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        URI upstream = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        proxy = HttpProxy.start(() -> upstream, new HttpProxy.Watcher() {
            @Override
            public Cut cut(HttpMessage request) {
                return cut.get();
            }

            @Override
            public void exchanged(HttpMessage request, HttpMessage response) {
                seen.add(request.method() + " " + request.target() + " " + response.status() + " " + response.text());
            }
        });
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/fixed", "/chunked"})
    void passesExchangesOnAndShowsThem(String path) throws Exception {
        assertThat(post(path, "a").body()).isEqualTo("echo a");
        assertThat(post(path, "b").body()).isEqualTo("echo b");

        assertThat(seen).containsExactly("POST " + path + " 200 echo a", "POST " + path + " 200 echo b");
    }

    @ParameterizedTest
    @EnumSource(
            value = Cut.class,
            names = {"BEFORE_REQUEST", "WITHIN_REQUEST"})
    void aConnectionThatBreaksBeforeTheRequestIsThereReachesNoHandler(Cut step) {
        cut.set(step);

        assertThatThrownBy(() -> post("/fixed", "a")).isInstanceOf(IOException.class);
        assertThat(received).doesNotContain("a");
    }

    @ParameterizedTest
    @EnumSource(
            value = Cut.class,
            names = {"AFTER_REQUEST", "BEFORE_RESPONSE", "WITHIN_RESPONSE"})
    void aConnectionThatBreaksAfterTheRequestLeavesItDone(Cut step) {
        cut.set(step);

        assertThatThrownBy(() -> post("/fixed", "a")).isInstanceOf(IOException.class);
        Awaitility.await().untilAsserted(() -> assertThat(received).containsExactly("a"));
        assertThat(seen).isEmpty();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(proxy.uri() + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
