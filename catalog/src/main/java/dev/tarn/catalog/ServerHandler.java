package dev.tarn.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.RequestHandler;
import dev.tarn.catalog.http.Response;
import dev.tarn.common.ReadinessCheck;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers for health and metrics, and passes everything else on to the protocol's routes. Thread-safe. */
final class ServerHandler implements RequestHandler {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RequestHandler routes;
    private final PrometheusMeterRegistry metrics;
    private final List<ReadinessCheck> readiness;

    ServerHandler(RequestHandler routes, PrometheusMeterRegistry metrics, List<ReadinessCheck> readiness) {
        this.routes = routes;
        this.metrics = metrics;
        this.readiness = List.copyOf(readiness);
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        if (!request.method().equals("GET")) {
            return routes.handle(request);
        }
        return request.path().equals("/metrics")
                ? CompletableFuture.completedFuture(Response.of(
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.scrape().getBytes(StandardCharsets.UTF_8)))
                : routes.handle(request);
    }

    /** Health answers come from memory too, so that a server whose workers are all busy is not taken for a dead one. */
    @Override
    public Optional<Response> answerFromMemory(Request request) {
        if (request.method().equals("GET")) {
            if (request.path().equals("/health/live")) {
                return Optional.of(json(200, Map.of("status", "UP")));
            }
            if (request.path().equals("/health/ready")) {
                return Optional.of(ready());
            }
        }
        return routes.answerFromMemory(request);
    }

    @Override
    public long maxBodyBytes(String method, String path) {
        return routes.maxBodyBytes(method, path);
    }

    @Override
    public Response failure(Throwable failure) {
        return routes.failure(failure);
    }

    private Response ready() {
        Map<String, String> checks = new LinkedHashMap<>();
        boolean up = true;
        for (ReadinessCheck check : readiness) {
            Optional<String> problem = check.problem();
            up &= problem.isEmpty();
            checks.put(check.name(), problem.orElse("UP"));
        }
        return json(up ? 200 : 503, Map.of("status", up ? "UP" : "DOWN", "checks", checks));
    }

    private static Response json(int status, Object body) {
        try {
            return Response.of(status, "application/json", JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write the health as JSON", e);
        }
    }
}
