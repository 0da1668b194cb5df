package dev.tarn.catalog.rest;

import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.Response;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * Counts, times and traces requests. Metrics are labelled with the operation and the status only, never with a name that a
 * client chose, so that their number is bounded; a span continues the trace of the client. Thread-safe.
 */
final class RequestObserver {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("http.response.body.size");

    /** The key of log lines under which the id of the trace is found. */
    private static final String TRACE_ID = "trace_id";

    private static final TextMapGetter<Request> HEADERS =
            (request, key) -> request == null ? null : request.header(key).orElse(null);

    private final MeterRegistry metrics;
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

    /** As many as there are operations times statuses that the server answers with. */
    private record Outcome(String operation, int status) {}

    RequestObserver(MeterRegistry metrics, OpenTelemetry telemetry) {
        this.metrics = metrics;
        this.tracer = telemetry.getTracer("dev.tarn.catalog");
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
    }

    /** A request that runs. */
    final class Observation {
        private final Route route;
        private final Span span;
        private final long begin;

        private Observation(Route route, Span span, long begin) {
            this.route = route;
            this.span = span;
            this.begin = begin;
        }

        /** Does work with the request's span as the current one, and its trace in the log lines of this thread. */
        <T> T within(Supplier<T> work) {
            if (!span.getSpanContext().isValid()) {
                return work.get();
            }
            try (Scope scope = span.makeCurrent();
                    MDC.MDCCloseable named =
                            MDC.putCloseable(TRACE_ID, span.getSpanContext().getTraceId())) {
                return work.get();
            }
        }

        /** Ends the observation, and passes the response on. */
        Response end(Response response) {
            timer(new Outcome(route.endpoint(), response.status()))
                    .record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
            span.setAttribute(STATUS, (long) response.status());
            span.setAttribute(BODY_SIZE, response.body().length());
            if (response.status() >= 500) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
            return response;
        }
    }

    /** Begins to observe a request. */
    Observation begin(Route route, Request request) {
        return begin(route, request, System.nanoTime());
    }

    /** Observes a request that began a moment ago, when it was not clear yet who would answer. */
    Observation begin(Route route, Request request, long beginNanos) {
        Context parent = propagator.extract(Context.root(), request, HEADERS);
        Span span = tracer.spanBuilder(route.endpoint())
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, route.method())
                .setAttribute(ROUTE, route.template())
                .startSpan();
        return new Observation(route, span, beginNanos);
    }

    private Timer timer(Outcome outcome) {
        return timers.computeIfAbsent(
                outcome,
                made -> Timer.builder("tarn.catalog.requests")
                        .description("Requests to the catalog, by operation and status")
                        .tag("operation", made.operation())
                        .tag("status", Integer.toString(made.status()))
                        .register(metrics));
    }
}
