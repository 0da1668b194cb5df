package dev.tarn.flight.protocol;

import dev.tarn.flight.engine.QueryContext;
import dev.tarn.flight.session.Sessions;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.NoOpSessionOptionValueVisitor;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;

/** The session options: which exist, what they may be, and what they mean for a statement. Thread-safe. */
final class SessionActions {
    private static final String CATALOG = "catalog";
    private static final String SCHEMA = "schema";
    private static final String ENGINE = "engine";
    private static final String TIME_ZONE = "time-zone";
    private static final List<String> NAMES = List.of(CATALOG, SCHEMA, ENGINE, TIME_ZONE);
    /** No schema has a longer name; sessions are held in memory. */
    private static final int MAX_VALUE_CHARS = 1024;

    private final Sessions sessions;
    private final String catalogName;
    private final String engineName;

    SessionActions(Sessions sessions, String catalogName, String engineName) {
        this.sessions = sessions;
        this.catalogName = catalogName;
        this.engineName = engineName;
    }

    QueryContext queryContext(CallIdentity identity) {
        Map<String, String> options = new HashMap<>(options(identity));
        options.remove(CATALOG);
        Optional<String> schema = Optional.ofNullable(options.remove(SCHEMA));
        return new QueryContext(identity.caller(), schema, options);
    }

    SetSessionOptionsResult set(SetSessionOptionsRequest request, CallIdentity identity) {
        Map<String, SetSessionOptionsResult.Error> errors = new HashMap<>();
        request.getSessionOptions().forEach((name, value) -> {
            if (!NAMES.contains(name)) {
                errors.put(name, error(SetSessionOptionsResult.ErrorValue.INVALID_NAME));
            } else if (value.isEmpty()) {
                identity.sessionId().ifPresent(id -> sessions.set(key(identity, id), name, Optional.empty()));
            } else {
                Optional<String> text = text(value).filter(given -> isValid(name, given));
                if (text.isPresent()) {
                    sessions.set(key(identity, identity.sessionIdOrNew()), name, text);
                } else {
                    errors.put(name, error(SetSessionOptionsResult.ErrorValue.INVALID_VALUE));
                }
            }
        });
        return new SetSessionOptionsResult(errors);
    }

    GetSessionOptionsResult get(CallIdentity identity) {
        Map<String, SessionOptionValue> values = new HashMap<>();
        options(identity)
                .forEach((name, value) -> values.put(name, SessionOptionValueFactory.makeSessionOptionValue(value)));
        return new GetSessionOptionsResult(values);
    }

    CloseSessionResult close(CallIdentity identity) {
        identity.sessionId().ifPresent(id -> sessions.close(key(identity, id)));
        identity.endSession();
        return new CloseSessionResult(CloseSessionResult.Status.CLOSED);
    }

    private Map<String, String> options(CallIdentity identity) {
        return identity.sessionId()
                .map(id -> sessions.options(key(identity, id)))
                .orElse(Map.of());
    }

    private boolean isValid(String name, String value) {
        return switch (name) {
            case CATALOG -> value.equals(catalogName);
            case ENGINE -> value.equals(engineName);
            case TIME_ZONE -> isTimeZone(value);
            default -> !value.isBlank() && value.length() <= MAX_VALUE_CHARS;
        };
    }

    private static boolean isTimeZone(String value) {
        try {
            ZoneId.of(value);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static Optional<String> text(SessionOptionValue value) {
        return Optional.ofNullable(value.acceptVisitor(new NoOpSessionOptionValueVisitor<String>() {
            @Override
            public String visit(String text) {
                return text;
            }
        }));
    }

    /** A session belongs to its principal: somebody else's id leads nowhere. */
    private static String key(CallIdentity identity, String sessionId) {
        return identity.caller().principal() + '\n' + sessionId;
    }

    private static SetSessionOptionsResult.Error error(SetSessionOptionsResult.ErrorValue value) {
        return new SetSessionOptionsResult.Error(value);
    }
}
