package dev.tarn.flight.engine;

import dev.tarn.common.Secret;
import java.util.Optional;

/**
 * Who asks.
 *
 * @param principal name for logs, limits and tickets
 * @param bearer the token that is passed on to the catalog; absent while no login is configured
 */
public record Caller(String principal, Optional<Secret> bearer) {
    /** The caller on loopback while no login is configured. */
    public static final Caller ANONYMOUS = new Caller("anonymous", Optional.empty());
}
