package dev.tarn.kafka.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small schema registry over HTTP on loopback, with the answers that Confluent's documentation shows: schemas by id and
 * by subject and version. Thread-safe; whoever starts it closes it.
 */
public final class TestRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final Map<String, JsonNode> answers = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failuresToCome = new AtomicInteger();
    private volatile String expectedAuthorization = "";

    public TestRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Registers a schema under an id; references are given as name, subject and version. */
    public void register(int id, String type, String schema, Reference... references) {
        answers.put("/schemas/ids/" + id, body(type, schema, references));
    }

    /** Registers a schema under a subject and version. */
    public void register(String subject, int version, String type, String schema, Reference... references) {
        answers.put("/subjects/" + subject + "/versions/" + version, body(type, schema, references));
    }

    /** What {@code format=serialized} answers for a path. */
    public void serialized(String path, String schema) {
        answers.put(path + "?format=serialized", body("PROTOBUF", schema));
    }

    /** Answers 503 that many times. */
    public void failNext(int count) {
        failuresToCome.set(count);
    }

    public void expectAuthorization(String header) {
        expectedAuthorization = header;
    }

    public int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** A reference of a schema. */
    public record Reference(String name, String subject, int version) {}

    private static JsonNode body(String type, String schema, Reference... references) {
        ObjectNode body = JSON.createObjectNode().put("schema", schema);
        if (!type.equals("AVRO")) {
            body.put("schemaType", type);
        }
        for (Reference reference : references) {
            body.withArray("references")
                    .addObject()
                    .put("name", reference.name())
                    .put("subject", reference.subject())
                    .put("version", reference.version());
        }
        return body;
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        JsonNode body = answers.get(exchange.getRequestURI().toString());
        if (!expectedAuthorization.isEmpty() && !expectedAuthorization.equals(authorization)) {
            send(exchange, 401, "{\"error_code\":40101,\"message\":\"Unauthorized\"}");
        } else if (failuresToCome.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            send(exchange, 503, "{\"error_code\":50301,\"message\":\"later\"}");
        } else if (body == null) {
            send(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
        } else {
            send(exchange, 200, body.toString());
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
