package dev.tarn.catalog.commit;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.ObjectKind;
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

    /** Something that this mutation does to a namespace. */
    public CatalogEvent namespaceEvent(String operation, List<String> namespace) {
        return CatalogEvent.ofNamespace(operation, namespace, principal, at);
    }

    /**
     * Something that this mutation does to an object.
     *
     * @param previousMetadataLocation metadata file before the change, empty where there was none
     * @param details a small JSON object
     */
    public CatalogEvent objectEvent(
            String operation,
            ObjectName object,
            ObjectKind kind,
            String objectId,
            String metadataLocation,
            String previousMetadataLocation,
            String details) {
        return new CatalogEvent(
                operation,
                object.namespace(),
                object.name(),
                Optional.of(kind),
                objectId,
                metadataLocation,
                previousMetadataLocation,
                details,
                principal,
                at);
    }
}
