package dev.tarn.catalog.commit;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.StoredReply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who asks for a change, and under which key.
 *
 * @param principal who asks
 * @param key the client's idempotency key, absent if it sent none
 * @param requestHash hash of everything that makes the request what it is
 * @param at when it arrived
 * @param keyExpiresAt from when on the key may be forgotten
 */
public record Mutation(
        String principal, Optional<IdempotencyKey> key, String requestHash, Instant at, Instant keyExpiresAt) {
    /** The idempotency row that belongs into the transaction of the change. */
    public Optional<IdempotencyRecord> finished(StoredReply reply) {
        return key.map(value -> new IdempotencyRecord(value, requestHash, reply, keyExpiresAt));
    }

    /** An event caused by this mutation. */
    public CatalogEvent event(String operation, List<String> namespace, String name, String metadataLocation) {
        return new CatalogEvent(operation, namespace, name, metadataLocation, principal, at);
    }
}
