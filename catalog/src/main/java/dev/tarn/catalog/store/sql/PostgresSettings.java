package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a PostgreSQL database is reached, and how long each step may take.
 *
 * @param url {@code jdbc:postgresql://HOST:PORT/NAME}, without user and password
 * @param user who logs in; empty for the name of the user of this process
 * @param password absent if the server asks for none
 * @param poolSize connections at most
 * @param poolWait how long a request may wait for a connection
 * @param connectTimeout for a new connection, the login included
 * @param socketTimeout without a byte from the server before a connection counts as lost
 * @param lockTimeout how long a statement may wait for another transaction
 * @param resolveTimeout how long to find out about a COMMIT whose answer was lost
 */
public record PostgresSettings(
        String url,
        String user,
        Optional<Secret> password,
        int poolSize,
        Duration poolWait,
        Duration connectTimeout,
        Duration socketTimeout,
        Duration lockTimeout,
        Duration resolveTimeout) {
    private static final String SCHEME = "jdbc:postgresql://";

    /** Parameters that only say where and how safely to connect. Others load classes, write files or undo our limits. */
    private static final Set<String> PARAMETERS = Set.of(
            "sslmode", "sslrootcert", "sslcert", "sslkey", "currentSchema", "targetServerType", "channelBinding");

    /** Refuses a URL of another kind, or with more in it than where the database is. */
    public PostgresSettings {
        if (!url.startsWith(SCHEME)) {
            throw invalid("must begin with " + SCHEME);
        }
        if (url.substring(SCHEME.length()).split("[?]", 2)[0].contains("@")) {
            throw invalid("must hold no user and no password; set 'catalog.store.user' and 'catalog.store.password'");
        }
        for (String parameter : parameters(url)) {
            String name = parameter.split("=", 2)[0];
            if (!PARAMETERS.contains(name)) {
                throw invalid("may have the parameters %s but has '%s'"
                        .formatted(PARAMETERS.stream().sorted().toList(), name));
            }
        }
        if (poolSize < 1) {
            throw new IllegalArgumentException("poolSize must be at least 1 but was " + poolSize);
        }
    }

    /** Limits fit for one replica of several. */
    public PostgresSettings(String url, String user, Optional<Secret> password) {
        this(
                url,
                user,
                password,
                16,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    /**
     * Reads the {@code catalog.store.} settings; absent without a URL, and then the catalog is embedded.
     *
     * @throws TarnException INVALID naming key, value and limit
     */
    public static Optional<PostgresSettings> from(SettingsReader settings) {
        Optional<String> url = settings.optionalText("catalog.store.url");
        PostgresSettings defaults = new PostgresSettings(SCHEME + "localhost/tarn", "", Optional.empty());
        Duration shortest = Duration.ofMillis(100);
        Duration longest = Duration.ofMinutes(10);
        String user = settings.text("catalog.store.user", defaults.user());
        Optional<Secret> password = settings.optionalSecret("catalog.store.password");
        PostgresSettings all = new PostgresSettings(
                url.orElse(defaults.url()),
                user,
                password,
                settings.integer("catalog.store.pool-size", defaults.poolSize(), 1, 1_000),
                settings.duration("catalog.store.pool-wait", defaults.poolWait(), Duration.ofMillis(250), longest),
                settings.duration(
                        "catalog.store.connect-timeout", defaults.connectTimeout(), Duration.ofSeconds(1), longest),
                settings.duration(
                        "catalog.store.socket-timeout", defaults.socketTimeout(), Duration.ofSeconds(1), longest),
                settings.duration("catalog.store.lock-timeout", defaults.lockTimeout(), shortest, longest),
                settings.duration("catalog.store.resolve-timeout", defaults.resolveTimeout(), shortest, longest));
        if (url.isEmpty() && (!user.isEmpty() || password.isPresent())) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "'catalog.store.user' or 'catalog.store.password' is set but 'catalog.store.url' is not; set it to %sHOST/NAME"
                            .formatted(SCHEME));
        }
        return url.map(given -> all);
    }

    private static List<String> parameters(String url) {
        String[] parts = url.split("[?]", 2);
        return parts.length < 2 || parts[1].isEmpty() ? List.of() : List.of(parts[1].split("&"));
    }

    private static TarnException invalid(String rule) {
        return new TarnException(ErrorKind.INVALID, "Setting 'catalog.store.url' " + rule);
    }
}
