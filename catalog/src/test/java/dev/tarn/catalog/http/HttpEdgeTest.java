package dev.tarn.catalog.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.github.luben.zstd.Zstd;
import dev.tarn.catalog.bytes.Pieces;
import dev.tarn.common.DataSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The edge as hostile and clumsy clients see it, over plain sockets. */
class HttpEdgeTest {
    private static final int LINE_LIMIT = 2_000;
    private static final int HEADER_LIMIT = 4_000;
    private static final int BODY_LIMIT = 300_000;
    private static final int SMALL_BODY_LIMIT = 1_000;
    private static final String LARGE = "{\"large\":\"" + "0123456789".repeat(3_000_000) + "\"}";

    private final CountDownLatch release = new CountDownLatch(1);
    private ExecutorService workers;
    private HttpEdge edge;

    /** Answers with the number of bytes that it got. */
    private final class Counting implements RequestHandler {
        private final Pieces large = Pieces.of(LARGE.getBytes(StandardCharsets.US_ASCII));

        @Override
        public CompletionStage<Response> handle(Request request) {
            if (request.path().equals("/blocked")) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            Pieces body = request.path().equals("/large")
                    ? large
                    : Pieces.of(("got " + request.body().length).getBytes(StandardCharsets.US_ASCII));
            return CompletableFuture.completedFuture(Response.of(200, Map.of("content-type", "text/plain"), body));
        }

        @Override
        public Optional<Response> answerFromMemory(Request request) {
            return request.path().equals("/memory")
                    ? Optional.of(Response.of(200, "text/plain", "memory".getBytes(StandardCharsets.US_ASCII)))
                    : Optional.empty();
        }

        @Override
        public long maxBodyBytes(String method, String path) {
            return path.equals("/small") ? SMALL_BODY_LIMIT : Long.MAX_VALUE;
        }

        @Override
        public Response failure(Throwable failure) {
            int status = failure instanceof EdgeException refused ? refused.status() : 400;
            return Response.of(status, "text/plain", failure.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @BeforeEach
    void start() {
        workers = Executors.newFixedThreadPool(2);
        HttpLimits limits = new HttpLimits(
                new DataSize(BODY_LIMIT),
                new DataSize(LINE_LIMIT),
                new DataSize(HEADER_LIMIT),
                20,
                2,
                10,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                DataSize.ofMegabytes(100));
        edge = HttpEdge.start("127.0.0.1", 0, limits, new Counting(), workers);
    }

    @AfterEach
    void stop() {
        release.countDown();
        edge.close();
        workers.shutdownNow();
    }

    private RawHttp connect() throws IOException {
        return new RawHttp(edge.port());
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    private static String post(String path, String headers, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
    }

    @Test
    void aRequestLineOfTheLimitIsServedAndALongerOneIsNot() throws IOException {
        int rest = "GET / HTTP/1.1".length();
        try (RawHttp http = connect()) {
            assertThat(http.exchange(get("/" + "x".repeat(LINE_LIMIT - rest))).status())
                    .isEqualTo(200);
            assertThat(http.exchange(get("/" + "x".repeat(LINE_LIMIT - rest + 1)))
                            .status())
                    .isEqualTo(414);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void headersOfTheLimitAreServedAndLongerOnesAreNot() throws IOException {
        int rest = "Host: xA: ".length();
        String form = "GET / HTTP/1.1\r\nHost: x\r\nA: %s\r\n\r\n";
        try (RawHttp http = connect()) {
            assertThat(http.exchange(form.formatted("y".repeat(HEADER_LIMIT - rest)))
                            .status())
                    .isEqualTo(200);
            assertThat(http.exchange(form.formatted("y".repeat(HEADER_LIMIT - rest + 1)))
                            .status())
                    .isEqualTo(431);
            assertThat(http.isClosed()).isTrue();
        }
    }

    static List<String> ambiguous() {
        return List.of(
                post("/", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                post("/", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"),
                post("/", "Content-Length: 4\r\nContent-Length: 5\r\n", "abcde"),
                post("/", "Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"),
                post("/", "Content-Length: 4, 4\r\n", "abcd"),
                post("/", "Content-Length: +4\r\n", "abcd"),
                post("/", "Content-Length: -4\r\n", "abcd"),
                post("/", "Content-Length: 0x4\r\n", "abcd"),
                post("/", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
                post("/", "Transfer-Encoding: identity\r\n", ""),
                post("/", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
                post("/", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
                post("/", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
                post("/", "A: b\r\n c\r\n", ""),
                post("/", "A: b\r\n\tc\r\n", ""),
                post("/", "Content-Length : 4\r\n", "abcd"),
                post("/", "A: b\u0000c\r\n", ""),
                post("/", "A\u0000: b\r\n", ""),
                "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
                "nonsense\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("ambiguous")
    void whatTwoServersCouldReadInTwoWaysIsRefusedAndTheConnectionClosed(String request) throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.exchange(request).status()).isEqualTo(400);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void anotherVersionOfHttpIsNotSpoken() throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status())
                    .isEqualTo(501);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void aFoldedHeaderIsFoundEvenIfItComesByteByByte() throws IOException {
        try (RawHttp http = connect()) {
            for (byte b : "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {
                http.send(new byte[] {b});
            }
            assertThat(http.receive().status()).isEqualTo(400);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void whatIsCleanIsServedOnOneConnectionHoweverItIsCut() throws IOException {
        try (RawHttp http = connect()) {
            String chunked = post("/", "Transfer-Encoding: chunked\r\n", "4\r\nab\n \r\n0\r\n\r\n");
            for (byte b : (chunked + get("/a")).getBytes(StandardCharsets.US_ASCII)) {
                http.send(new byte[] {b});
            }
            assertThat(http.receive().text()).isEqualTo("got 4");
            assertThat(http.receive().text()).isEqualTo("got 0");
            assertThat(http.exchange(post("/", "Content-Length: 5\r\n", " \n \n "))
                            .text())
                    .isEqualTo("got 5");
            assertThat(http.exchange(get("/memory") + get("/memory")).text()).isEqualTo("memory");
            assertThat(http.receive().text()).isEqualTo("memory");
            assertThat(http.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/small", "/"})
    void aBodyOfTheLimitIsServedAndALongerOneIsRefusedHoweverItIsSent(String path) throws IOException {
        int limit = path.equals("/small") ? SMALL_BODY_LIMIT : BODY_LIMIT;
        try (RawHttp http = connect()) {
            assertThat(http.exchange(post(path, "Content-Length: " + limit + "\r\n", "x".repeat(limit)))
                            .text())
                    .isEqualTo("got " + limit);
            assertThat(http.exchange(chunked(path, limit)).text()).isEqualTo("got " + limit);
            // Refused by its head alone: the body is never sent.
            assertThat(http.exchange(post(path, "Content-Length: " + (limit + 1) + "\r\n", ""))
                            .status())
                    .isEqualTo(413);
            assertThat(http.isClosed()).isTrue();
        }
        try (RawHttp http = connect()) {
            assertThat(http.exchange(chunked(path, limit + 1)).status()).isEqualTo(413);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void aRefusalArrivesAlthoughTheClientIsStillSending() throws IOException {
        for (int i = 0; i < 100; i++) {
            try (RawHttp http = connect()) {
                assertThat(http.exchange(chunked("/", 20 * BODY_LIMIT)).status())
                        .isEqualTo(413);
                assertThat(http.isClosed()).isTrue();
            }
        }
    }

    private static String chunked(String path, int length) {
        return post(
                path,
                "Transfer-Encoding: chunked\r\n",
                Integer.toHexString(length) + "\r\n" + "x".repeat(length) + "\r\n0\r\n\r\n");
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOnOrNot() throws IOException {
        String expect = "Expect: 100-continue\r\nContent-Length: ";
        try (RawHttp http = connect()) {
            assertThat(http.exchange(post("/", expect + "4\r\n", "")).status()).isEqualTo(100);
            assertThat(http.exchange("abcd").text()).isEqualTo("got 4");
            assertThat(http.exchange(post("/", expect + (BODY_LIMIT + 1) + "\r\n", ""))
                            .status())
                    .isEqualTo(413);
        }
    }

    @Test
    void compressedBodiesCountByWhatTheyBecome() throws IOException {
        byte[] fitting = new byte[BODY_LIMIT];
        byte[] larger = new byte[BODY_LIMIT + 1];
        for (int i = 0; i < larger.length; i++) {
            larger[i] = (byte) (i * i >> 3);
            fitting[Math.min(i, fitting.length - 1)] = larger[i];
        }
        try (RawHttp http = connect()) {
            assertThat(http.exchange(packed("gzip", gzip(fitting))).text()).isEqualTo("got " + BODY_LIMIT);
            assertThat(http.exchange(packed("zstd", Zstd.compress(fitting))).text())
                    .isEqualTo("got " + BODY_LIMIT);
            assertThat(http.exchange(packed("gzip", gzip(larger))).status()).isEqualTo(413);
            assertThat(http.exchange(packed("zstd", Zstd.compress(larger))).status())
                    .isEqualTo(413);
            assertThat(http.exchange(packed("br", fitting)).status()).isEqualTo(415);
            assertThat(http.exchange(packed("gzip", new byte[] {1, 2, 3})).status())
                    .isEqualTo(400);
            assertThat(http.exchange(packed("zstd", new byte[] {1, 2, 3})).status())
                    .isEqualTo(400);
        }
    }

    private static byte[] packed(String encoding, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(post("/", "Content-Encoding: " + encoding + "\r\nContent-Length: " + body.length + "\r\n", "")
                .getBytes(StandardCharsets.US_ASCII));
        request.write(body);
        return request.toByteArray();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    @Test
    void aSlowHeadASlowBodyAndASlowReaderAreCutOff() throws IOException {
        List<RawHttp> slow = new ArrayList<>();
        try {
            RawHttp head = connect();
            slow.add(head);
            head.send("GET / HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
            RawHttp body = connect();
            slow.add(body);
            body.send(post("/", "Content-Length: 10\r\n", "abc").getBytes(StandardCharsets.US_ASCII));
            RawHttp reader = connect();
            slow.add(reader);
            reader.send(get("/large").getBytes(StandardCharsets.US_ASCII));

            assertThat(head.isClosed()).isTrue();
            assertThat(body.isClosed()).isTrue();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(edge.openConnections()).isZero());
            try (RawHttp http = connect()) {
                assertThat(http.exchange(get("/")).status()).isEqualTo(200);
            }
        } finally {
            for (RawHttp http : slow) {
                http.close();
            }
        }
    }

    @Test
    void aClientThatSendsWithoutReadingIsCutOff() throws IOException {
        try (RawHttp http = connect()) {
            byte[] request = get("/large").getBytes(StandardCharsets.US_ASCII);
            assertThatCode(() -> {
                        // Far more than the buffers of both sockets hold, so that sending must stop at some time.
                        for (int i = 0; i < 2_000_000; i++) {
                            http.send(request);
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws IOException {
        List<RawHttp> open = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawHttp http = connect();
                open.add(http);
                assertThat(http.exchange(get("/")).status()).isEqualTo(200);
            }
            try (RawHttp beyond = connect()) {
                assertThat(beyond.isClosed()).isTrue();
            }
            open.remove(0).close();
            Awaitility.await().untilAsserted(() -> {
                try (RawHttp http = connect()) {
                    assertThat(http.exchange(get("/")).status()).isEqualTo(200);
                }
            });
        } finally {
            for (RawHttp http : open) {
                http.close();
            }
        }
    }

    @Test
    void answersFromMemoryNeedNoWorker() throws IOException {
        try (RawHttp first = connect();
                RawHttp second = connect();
                RawHttp third = connect()) {
            first.send(get("/blocked").getBytes(StandardCharsets.US_ASCII));
            second.send(get("/blocked").getBytes(StandardCharsets.US_ASCII));

            assertThat(third.exchange(get("/memory")).text()).isEqualTo("memory");

            release.countDown();
            assertThat(first.receive().status()).isEqualTo(200);
            assertThat(second.receive().status()).isEqualTo(200);
        }
    }

    @Test
    void aLargeAnswerIsTheSamePlainAndCompressed() throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.exchange(get("/large")).text()).isEqualTo(LARGE);
            RawHttp.Answer packed =
                    http.exchange("GET /large HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, deflate\r\n\r\n");
            assertThat(packed.header("content-encoding")).isEqualTo("gzip");
            assertThat(packed.header("vary")).isEqualTo("accept-encoding");
            assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
                    .isEqualTo(LARGE.getBytes(StandardCharsets.US_ASCII));
            assertThat(http.exchange("GET /large HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0\r\n\r\n")
                            .header("content-encoding"))
                    .isEmpty();
        }
    }
}
