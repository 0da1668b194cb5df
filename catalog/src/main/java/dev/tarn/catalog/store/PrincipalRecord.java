package dev.tarn.catalog.store;

import java.util.Map;

/**
 * Somebody who may log in, as stored.
 *
 * @param id stable, never reused
 * @param name unique; for people
 * @param clientId unique; what it logs in as, empty if it cannot log in with a secret
 * @param secretHash salted hash of its secret, empty if there is none
 * @param active whether it may log in
 * @param properties what an administrator noted
 * @param version counts changes, from 1
 */
public record PrincipalRecord(
        String id,
        String name,
        String clientId,
        String secretHash,
        boolean active,
        Map<String, String> properties,
        long version) {
    /** Copies the properties. */
    public PrincipalRecord {
        properties = Map.copyOf(properties);
    }

    /** Leaves the hash out: it is as good as a password to whoever can guess. */
    @Override
    public String toString() {
        return "PrincipalRecord[id=%s, name=%s, clientId=%s, secretHash=***, active=%s, properties=%s, version=%d]"
                .formatted(id, name, clientId, active, properties, version);
    }
}
