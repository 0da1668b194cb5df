package dev.tarn.catalog.events.webhook;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The HTTP side of a delivery. Thread-safe. */
final class Webhook {
    /** The header with the signature: {@code sha256=} and the HMAC of the body in hexadecimal digits. */
    static final String SIGNATURE = "x-tarn-signature";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String HMAC = "HmacSHA256";

    private final WebhookSettings settings;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    Webhook(WebhookSettings settings) {
        this.settings = settings;
    }

    /**
     * Sends one batch.
     *
     * @throws TarnException UNAVAILABLE unless the webhook says that it took it
     */
    void deliver(byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.uri())
                .timeout(TIMEOUT)
                .header("content-type", CloudEvents.BATCH)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        settings.secret().ifPresent(secret -> request.header(SIGNATURE, "sha256=" + signature(secret, body)));
        try {
            int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status < 200 || status >= 300) {
                throw new TarnException(
                        ErrorKind.UNAVAILABLE,
                        "The webhook at %s answered %d".formatted(settings.uri().getHost(), status));
            }
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "The webhook at %s cannot be reached: %s"
                            .formatted(settings.uri().getHost(), e.getClass().getSimpleName()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted during a delivery", e);
        }
    }

    private static String signature(Secret secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), HMAC));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("Every Java platform has " + HMAC, e);
        }
    }
}
