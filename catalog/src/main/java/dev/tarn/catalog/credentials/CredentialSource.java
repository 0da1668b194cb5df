package dev.tarn.catalog.credentials;

/** Makes temporary credentials. Thread-safe; whoever opens one closes it. */
interface CredentialSource extends AutoCloseable {
    /**
     * New credentials that reach no more than a policy allows.
     *
     * @throws PolicyTooLargeException if the service does not take a policy of this size
     * @throws dev.tarn.common.TarnException UNAVAILABLE if the service cannot be reached, INTERNAL if it refuses the
     *     catalog
     */
    SessionCredentials assume(String policy);

    @Override
    void close();
}
