package dev.tarn.catalog.auth;

import java.util.Optional;

/** Finds out who asks. Thread-safe. Runs on a worker thread, where it may block. */
public interface Authenticator {
    /**
     * The caller behind a request.
     *
     * @param authorization value of the request's Authorization header, absent if it has none
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED if a login is needed and this is none, or no valid one
     */
    Caller authenticate(Optional<String> authorization);

    /**
     * The same, but from memory and without ever blocking or throwing; absent if that is not enough, also for who would be
     * refused.
     */
    default Optional<Caller> callerInMemory(Optional<String> authorization) {
        return Optional.empty();
    }
}
