package dev.tarn.cli;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Traces and the shape of the log, as the settings want them. Thread-safe; whoever makes it closes it. */
final class Telemetry implements AutoCloseable {
    /** A collector that does not answer must not hold spans, nor the stop of the server, for longer. */
    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(5);

    /** Spans that wait for the collector; more are dropped, since a request never waits for it. */
    private static final int MAX_WAITING_SPANS = 8_192;

    private final OpenTelemetry openTelemetry;
    private final Runnable closing;

    private Telemetry(OpenTelemetry openTelemetry, Runnable closing) {
        this.openTelemetry = openTelemetry;
        this.closing = closing;
    }

    /** Applies the settings: the log changes its shape at once, traces go where they are told to. */
    static Telemetry start(TelemetrySettings settings) {
        if (settings.logFormat() == TelemetrySettings.LogFormat.JSON) {
            logAsJson();
        }
        if (settings.otlpEndpoint().isEmpty()) {
            return new Telemetry(OpenTelemetry.noop(), () -> {});
        }
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.otlpEndpoint())
                .setTimeout(EXPORT_TIMEOUT);
        settings.otlpHeader().ifPresent(secret -> {
            String header = secret.reveal();
            int equals = header.indexOf('=');
            exporter.addHeader(header.substring(0, equals), header.substring(equals + 1));
        });
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault().merge(Resource.create(attributes(settings))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.samplePercent() / 100.0)))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setMaxQueueSize(MAX_WAITING_SPANS)
                        .setExporterTimeout(EXPORT_TIMEOUT)
                        .build())
                .build();
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(provider)
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        return new Telemetry(sdk, () -> provider.shutdown().join(EXPORT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
    }

    OpenTelemetry openTelemetry() {
        return openTelemetry;
    }

    /** Sends the spans that wait. */
    @Override
    public void close() {
        closing.run();
    }

    private static Attributes attributes(TelemetrySettings settings) {
        return Attributes.builder()
                .put("service.name", settings.serviceName())
                .put("service.version", BuildVersion.TARN)
                .build();
    }

    /** One JSON object a line on the stream that the log goes to anyway, the ids of traces included. */
    private static void logAsJson() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (!(factory instanceof LoggerContext context)) {
            return; // Embedded in a program with another logger, which decides about its own shape.
        }
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithContext(false);
        encoder.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.iteratorForAppenders().forEachRemaining(appender -> use(appender, encoder));
    }

    private static void use(Appender<ILoggingEvent> appender, JsonEncoder encoder) {
        if (appender instanceof ConsoleAppender<ILoggingEvent> console) {
            console.stop();
            console.setEncoder(encoder);
            console.start();
        }
    }
}
