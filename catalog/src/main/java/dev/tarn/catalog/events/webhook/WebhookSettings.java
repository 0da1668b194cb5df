package dev.tarn.catalog.events.webhook;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * Where events are delivered to.
 *
 * @param uri the webhook; https, or http to this machine
 * @param secret key of the signature that each delivery carries, absent for none
 * @param pollInterval how long to wait for new events when there are none
 * @param batch at most so many events in one request
 */
public record WebhookSettings(URI uri, Optional<Secret> secret, Duration pollInterval, int batch) {
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH = 100;

    /** Refuses an address that would carry names and principals over a network in the clear. */
    public WebhookSettings {
        String host = uri.getHost();
        boolean secure = "https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && isLoopback(host));
        if (host == null || !secure || uri.getUserInfo() != null) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Setting 'catalog.events.webhook' must be an https address without a user, or http to this machine,"
                            + " as https://hooks.example.com/tarn");
        }
        if (batch < 1 || pollInterval.isNegative() || pollInterval.isZero()) {
            throw new IllegalArgumentException("batch and pollInterval must be positive");
        }
    }

    /** Reads the {@code catalog.events.} settings; absent if no webhook is set. */
    public static Optional<WebhookSettings> from(SettingsReader settings) {
        String uri = settings.text("catalog.events.webhook", "");
        Optional<Secret> secret = settings.optionalSecret("catalog.events.webhook-secret");
        Duration poll = settings.duration(
                "catalog.events.webhook-poll-interval", POLL_INTERVAL, Duration.ofMillis(10), Duration.ofHours(1));
        int batch = settings.integer("catalog.events.webhook-batch", BATCH, 1, 1_000);
        return uri.isEmpty() ? Optional.empty() : Optional.of(new WebhookSettings(parse(uri), secret, poll, batch));
    }

    private static URI parse(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Setting 'catalog.events.webhook' must be an address but is none", e);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return host != null && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
