package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.util.Locale;
import java.util.Optional;

/**
 * What is seen of the server from outside.
 *
 * @param otlpEndpoint where spans are sent over OTLP with HTTP and Protobuf, as {@code http://host:4318/v1/traces}; empty
 *     for no traces
 * @param otlpHeader one header for the collector as {@code name=value}, as collectors want for a login
 * @param serviceName the name of this server in traces
 * @param samplePercent how many of a hundred traces that begin here are kept; a trace that a client began is kept if the
 *     client keeps it
 * @param logFormat how log lines look
 */
record TelemetrySettings(
        String otlpEndpoint, Optional<Secret> otlpHeader, String serviceName, int samplePercent, LogFormat logFormat) {
    /** How log lines look. */
    enum LogFormat {
        /** For people. */
        TEXT,
        /** One JSON object a line, for collectors. */
        JSON
    }

    /**
     * Reads the {@code telemetry.} settings.
     *
     * @throws TarnException INVALID naming key, value and what was expected
     */
    static TelemetrySettings from(SettingsReader settings) {
        String endpoint = settings.text("telemetry.otlp-endpoint", "");
        if (!endpoint.isEmpty()) {
            endpoint = ClientSettings.uri(
                            settings, "telemetry.otlp-endpoint", "http://127.0.0.1:4318/v1/traces", "http|https")
                    .toString();
        }
        Optional<Secret> header = settings.optionalSecret("telemetry.otlp-header");
        if (header.isPresent() && header.get().reveal().indexOf('=') < 1) {
            throw new TarnException(
                    ErrorKind.INVALID, "Setting 'telemetry.otlp-header' must be of the form name=value");
        }
        return new TelemetrySettings(
                endpoint,
                header,
                settings.text("telemetry.service-name", "tarn"),
                settings.integer("telemetry.sample-percent", 100, 0, 100),
                format(settings.text("telemetry.log-format", "text")));
    }

    private static LogFormat format(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default ->
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Setting 'telemetry.log-format' must be text or json but was '%s'".formatted(text));
        };
    }
}
