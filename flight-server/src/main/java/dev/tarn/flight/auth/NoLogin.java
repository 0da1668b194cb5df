package dev.tarn.flight.auth;

import dev.tarn.common.Secret;
import dev.tarn.flight.engine.Caller;
import java.util.Optional;

/**
 * Lets everybody in under one name, while no login is configured. Credentials are neither needed nor checked, because
 * drivers send some of their own accord; nor are they passed on. Thread-safe.
 */
public final class NoLogin implements Authenticator {
    @Override
    public Caller anonymous() {
        return Caller.ANONYMOUS;
    }

    @Override
    public Caller login(String user, Optional<Secret> password) {
        return Caller.ANONYMOUS;
    }

    @Override
    public Caller bearer(Secret token) {
        return Caller.ANONYMOUS;
    }

    @Override
    public Caller resumed(String principal, Optional<Secret> catalogToken) {
        return new Caller(principal, Optional.empty());
    }
}
