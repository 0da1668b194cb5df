package dev.tarn.catalog.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Slows down who guesses: after ten failures within a minute a client is not even looked at. Thread-safe. */
final class FailedLogins {
    static final int MAX_FAILURES = 10;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Client ids that are remembered; who tries more of them has every single one still before them. */
    private static final int MAX_CLIENTS = 10_000;

    private final Clock clock;
    private final Cache<String, Window> windows =
            Caffeine.newBuilder().maximumSize(MAX_CLIENTS).build();

    private record Window(Instant end, int failures) {}

    FailedLogins(Clock clock) {
        this.clock = clock;
    }

    /**
     * To be called before a secret is checked.
     *
     * @throws TarnException OVERLOADED if this client failed too often
     */
    void check(String clientId) {
        Window window = windows.getIfPresent(clientId);
        if (window != null
                && window.failures() >= MAX_FAILURES
                && clock.instant().isBefore(window.end())) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "This client failed to log in %d times within %s; try again later".formatted(MAX_FAILURES, WINDOW));
        }
    }

    /** To be called after a wrong secret. */
    void failed(String clientId) {
        Instant now = clock.instant();
        windows.asMap()
                .merge(
                        clientId,
                        new Window(now.plus(WINDOW), 1),
                        (old, first) -> now.isBefore(old.end()) ? new Window(old.end(), old.failures() + 1) : first);
    }
}
