package dev.tarn.catalog.auth;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an identity provider publishes. They are fetched again when they are asked for after half a minute, and
 * never sooner, however many tokens name keys that do not exist; while the provider is down the last good ones count.
 * Thread-safe.
 */
final class RemoteKeys implements KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);

    /** Together with the life of a verified token this makes a withdrawn key worthless within a minute. */
    static final Duration REFRESH = Duration.ofSeconds(30);

    private static final int MAX_BYTES = 256 * 1024;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final OidcSettings settings;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile List<JWK> keys = List.of();
    private volatile Instant attemptedAt = Instant.MIN;

    RemoteKeys(OidcSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether the id is known plays no part: who makes ids up must not cause more requests. */
    @Override
    public List<JWK> keys(String keyId) {
        if (isDue()) {
            refresh();
        }
        List<JWK> known = keys;
        if (known.isEmpty()) {
            // Not "unavailable": clients take that for "perhaps done" on a commit, and nothing was.
            throw BearerHeader.unauthenticated(
                    "The login cannot be checked, since the keys of the identity provider cannot be read; try again");
        }
        return known;
    }

    private boolean isDue() {
        Instant last = attemptedAt;
        return last.equals(Instant.MIN) || !clock.instant().isBefore(last.plus(REFRESH));
    }

    /** One at a time; the others go on with what is known, or wait if nothing is. */
    private void refresh() {
        boolean entered = keys.isEmpty() ? waitFor() : fetching.tryLock();
        if (!entered) {
            return;
        }
        try {
            if (isDue()) {
                attemptedAt = clock.instant();
                keys = fetch();
            }
        } catch (TarnException e) {
            LOG.warn(
                    "Cannot read the keys of {}; {} known ones count on: {}",
                    settings.issuer(),
                    keys.size(),
                    e.getMessage());
        } finally {
            fetching.unlock();
        }
    }

    private boolean waitFor() {
        fetching.lock();
        return true;
    }

    private List<JWK> fetch() {
        try {
            URI uri = settings.keysUri().isEmpty() ? discovered() : URI.create(settings.keysUri());
            List<JWK> found = JWKSet.parse(read(uri)).toPublicJWKSet().getKeys();
            if (found.isEmpty()) {
                throw new TarnException(ErrorKind.UNAVAILABLE, "%s lists no keys".formatted(uri));
            }
            return List.copyOf(found);
        } catch (ParseException | IllegalArgumentException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "The answer is no key set: " + e.getMessage(), e);
        }
    }

    private URI discovered() throws ParseException {
        String document =
                read(URI.create(settings.issuer().replaceAll("/$", "") + "/.well-known/openid-configuration"));
        var values = JSONObjectUtils.parse(document);
        if (!settings.issuer().equals(JSONObjectUtils.getString(values, "issuer"))) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "The discovery document is of another issuer than " + settings.issuer());
        }
        URI uri = JSONObjectUtils.getURI(values, "jwks_uri");
        if (uri == null) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "The discovery document names no jwks_uri");
        }
        return uri;
    }

    private String read(URI uri) {
        HttpRequest request = HttpRequest.newBuilder(SafeUri.checked(uri))
                .timeout(TIMEOUT)
                .header("accept", "application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, head -> new CappedBody(MAX_BYTES));
        try {
            HttpResponse<byte[]> response = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                throw new TarnException(ErrorKind.UNAVAILABLE, "%s answered %d".formatted(uri, response.statusCode()));
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (ExecutionException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "%s did not answer: %s".formatted(uri, reason(e)), e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new TarnException(ErrorKind.UNAVAILABLE, "%s did not answer within %s".formatted(uri, TIMEOUT), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while keys were read from " + uri, e);
        }
    }

    private static String reason(ExecutionException failure) {
        return failure.getCause() instanceof IOException io ? io.toString() : String.valueOf(failure.getCause());
    }
}
