package dev.tarn.cli.sql;

import dev.tarn.common.Secret;
import java.util.Optional;

/**
 * How a Flight SQL client logs in: with user name and password, with a token, or not at all.
 *
 * @param user name, present together with the password
 * @param password what proves it
 * @param token sent as bearer token
 */
public record FlightLogin(Optional<String> user, Optional<Secret> password, Optional<Secret> token) {
    /** No login. */
    public static final FlightLogin NONE = new FlightLogin(Optional.empty(), Optional.empty(), Optional.empty());
}
