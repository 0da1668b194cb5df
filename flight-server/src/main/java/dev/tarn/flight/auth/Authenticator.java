package dev.tarn.flight.auth;

import dev.tarn.common.Secret;
import dev.tarn.flight.engine.Caller;
import java.util.Optional;

/** Decides who is asking. Thread-safe; called once per call, before any work is done. */
public interface Authenticator {
    /**
     * The caller of a call that carries no credentials.
     *
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED if a login is required
     */
    Caller anonymous();

    /**
     * The caller behind a user name and a password.
     *
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED if they do not match
     */
    Caller login(String user, Optional<Secret> password);

    /**
     * The caller behind a bearer token that this gateway did not sign itself.
     *
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED if the token is not valid
     */
    Caller bearer(Secret token);

    /**
     * The caller who logged in with a password earlier, and brings back what it was given for that.
     *
     * @param principal who logged in
     * @param catalogToken what that caller shows to the catalog, absent if it needs nothing
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED if the login does not count any more
     */
    Caller resumed(String principal, Optional<Secret> catalogToken);
}
