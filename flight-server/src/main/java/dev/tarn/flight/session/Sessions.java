package dev.tarn.flight.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The options of each session by its id. A session exists from its first option on; it is forgotten when it is closed,
 * when nobody has used it for a while, or when there are too many. Thread-safe.
 */
public final class Sessions {
    private final Cache<String, Map<String, String>> options;

    /** Room for a number of sessions, each until it has not been used for a while. */
    public Sessions(int maxSessions, Duration timeToLive) {
        this.options = Caffeine.newBuilder()
                .maximumSize(maxSessions)
                .expireAfterAccess(timeToLive)
                .build();
    }

    /** The options in force; empty where there is no such session. */
    public Map<String, String> options(String sessionId) {
        return Optional.ofNullable(options.getIfPresent(sessionId)).orElse(Map.of());
    }

    /** Sets one option, or takes it away where the value is absent. */
    public void set(String sessionId, String name, Optional<String> value) {
        options.asMap().compute(sessionId, (id, old) -> {
            Map<String, String> changed = old == null ? new HashMap<>() : new HashMap<>(old);
            value.ifPresentOrElse(given -> changed.put(name, given), () -> changed.remove(name));
            return Map.copyOf(changed);
        });
    }

    /** Forgets a session; harmless if there is none. */
    public void close(String sessionId) {
        options.invalidate(sessionId);
    }
}
