package dev.tarn.catalog.credentials;

import dev.tarn.common.Secret;
import java.time.Duration;
import java.time.Instant;

/**
 * Temporary credentials.
 *
 * @param accessKeyId the public half
 * @param secretAccessKey the secret half
 * @param sessionToken goes with every request
 * @param issuedAt when they were made
 * @param expiresAt from when on they are refused
 */
record SessionCredentials(
        String accessKeyId, Secret secretAccessKey, Secret sessionToken, Instant issuedAt, Instant expiresAt) {
    /**
     * Until when they are handed out: half of their life, so that whoever gets them can work for the other half before
     * asking again.
     */
    Instant servedUntil() {
        return issuedAt.plus(Duration.between(issuedAt, expiresAt).dividedBy(2));
    }
}
