package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers from memory are never older than what was acknowledged. */
class WarmLoadTest {
    private static final String TABLES = "/v1/namespaces/db/tables";
    private static final String TABLE = TABLES + "/t";
    private static final Pattern COUNTER = Pattern.compile("\"counter\":\"(\\d+)\"");

    private RunningCatalog catalog;

    @BeforeEach
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.over(folder);
        send("POST", "/v1/namespaces", "{\"namespace\":[\"db\"]}");
        create();
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) {
        return catalog.send(method, path, body, headers);
    }

    private void create() {
        HttpResponse<String> created =
                send("POST", TABLES, "{\"name\":\"t\",\"schema\":{\"type\":\"struct\",\"schema-id\":0,\"fields\":[]}}");
        assertThat(created.statusCode()).isEqualTo(200);
    }

    private void commit(int counter) {
        HttpResponse<String> committed = send("POST", TABLE, """
                {"requirements":[],"updates":[{"action":"set-properties","updates":{"counter":"%d"}}]}""".formatted(counter));
        assertThat(committed.statusCode()).isEqualTo(200);
    }

    private int loaded() {
        Matcher counter = COUNTER.matcher(send("GET", TABLE, "").body());
        return counter.find() ? Integer.parseInt(counter.group(1)) : 0;
    }

    @Test
    void readersSeeEveryAcknowledgedCommitWhileAWriterRuns() {
        AtomicInteger acknowledged = new AtomicInteger();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 1; i <= 300; i++) {
                commit(i);
                acknowledged.set(i);
            }
        });
        int loads = 0;
        while (!writer.isDone()) {
            int before = acknowledged.get();
            assertThat(loaded()).isGreaterThanOrEqualTo(before);
            loads++;
        }
        writer.join();
        assertThat(loaded()).isEqualTo(300);
        assertThat(loads).isPositive();
    }

    @Test
    void aDroppedARenamedAndANewTableOfTheNameAreSeenAtOnce() {
        for (int round = 0; round < 20; round++) {
            commit(round);
            assertThat(loaded()).isEqualTo(round);
            assertThat(send("GET", TABLE, "").statusCode()).isEqualTo(200);
            if (round % 2 == 0) {
                assertThat(send("DELETE", TABLE, "").statusCode()).isEqualTo(204);
            } else {
                String names = """
                        {"source":{"namespace":["db"],"name":"t"},"destination":{"namespace":["db"],"name":"t%d"}}""".formatted(round);
                assertThat(send("POST", "/v1/tables/rename", names).statusCode())
                        .isEqualTo(204);
                assertThat(send("GET", TABLE + round, "").body()).contains("\"counter\":\"" + round + "\"");
            }
            assertThat(send("GET", TABLE, "").statusCode()).isEqualTo(404);
            create();
            assertThat(send("GET", TABLE, "").body()).doesNotContain("counter");
        }
    }

    @Test
    void aWarmAnswerIsTheSameAsAColdOneInEveryForm() {
        commit(7);
        HttpResponse<String> cold = send("GET", TABLE, "");
        String etag = cold.headers().firstValue("etag").orElseThrow();
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> warm = send("GET", TABLE, "");
            assertThat(warm.body()).isEqualTo(cold.body());
            assertThat(warm.headers().firstValue("etag")).contains(etag);
            assertThat(warm.headers().firstValue("content-type")).contains("application/json");
            HttpResponse<String> unchanged = send("GET", TABLE, "", "If-None-Match", "\"x\", W/" + etag);
            assertThat(unchanged.statusCode()).isEqualTo(304);
            assertThat(unchanged.headers().firstValue("etag")).contains(etag);
            assertThat(send("GET", TABLE + "?snapshots=refs", "", "If-None-Match", etag)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send("GET", TABLE + "?snapshots=most", "").statusCode()).isEqualTo(400);
        }
    }
}
