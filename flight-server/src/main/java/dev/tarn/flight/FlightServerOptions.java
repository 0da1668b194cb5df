package dev.tarn.flight;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Where the gateway listens and what it takes on.
 *
 * @param host address to bind to
 * @param port port to bind to; 0 lets the system choose
 * @param allowUnauthenticated whether an address that others can reach may be served without a login
 * @param ticketSecret key of the signatures, shared by replicas; absent for a random one
 * @param limits how much it takes on
 */
public record FlightServerOptions(
        String host, int port, boolean allowUnauthenticated, Optional<Secret> ticketSecret, FlightLimits limits) {
    private static final int DEFAULT_PORT = 32010;
    private static final int MAX_PORT = 65_535;
    private static final int MIN_SECRET_CHARS = 32;

    /** Whether callers have to log in. */
    public enum Login {
        /** They do not. */
        NONE,
        /** They do, and the REST catalog decides. */
        CATALOG
    }

    /** Refuses an impossible port, a weak secret, and an open door. */
    public FlightServerOptions {
        if (port < 0 || port > MAX_PORT) {
            throw new TarnException(
                    ErrorKind.INVALID, "The Flight port must be from 0 to %d but was %d".formatted(MAX_PORT, port));
        }
        if (ticketSecret.isPresent() && ticketSecret.get().reveal().length() < MIN_SECRET_CHARS) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Setting 'flight.ticket-secret' must have at least %d characters but has fewer"
                            .formatted(MIN_SECRET_CHARS));
        }
        if (!allowUnauthenticated && !isLoopback(host)) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Refusing to serve Flight SQL on '%s' without a login, since other machines can reach it; bind to"
                                    .formatted(host)
                            + " 127.0.0.1, or set flight.allow-unauthenticated=true");
        }
    }

    /** Loopback, a port of the system's choice, default limits. */
    public static FlightServerOptions loopback() {
        return new FlightServerOptions("127.0.0.1", 0, false, Optional.empty(), FlightLimits.DEFAULTS);
    }

    /**
     * Reads the {@code flight.*} settings.
     *
     * @param login whether callers have to log in: then other machines may reach the gateway
     * @throws TarnException INVALID naming key, value and limit; REFUSED for an address that others can reach
     */
    public static FlightServerOptions from(SettingsReader settings, String host, Login login) {
        boolean allowUnauthenticated = settings.flag("flight.allow-unauthenticated", false);
        return new FlightServerOptions(
                host,
                settings.integer("flight.port", DEFAULT_PORT, 0, MAX_PORT),
                allowUnauthenticated || login == Login.CATALOG,
                settings.optionalSecret("flight.ticket-secret"),
                FlightLimits.from(settings));
    }

    /** The same with other limits. */
    public FlightServerOptions with(FlightLimits newLimits) {
        return new FlightServerOptions(host, port, allowUnauthenticated, ticketSecret, newLimits);
    }

    /** The same with another port. */
    public FlightServerOptions withPort(int newPort) {
        return new FlightServerOptions(host, newPort, allowUnauthenticated, ticketSecret, limits);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Cannot find the address of host '%s' for Flight SQL".formatted(host), e);
        }
    }
}
