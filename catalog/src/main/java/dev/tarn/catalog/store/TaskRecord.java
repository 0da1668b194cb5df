package dev.tarn.catalog.store;

import java.time.Instant;
import java.util.Optional;

/**
 * Work that is to be done once, by whichever process comes first, and that survives all of them.
 *
 * @param id unique
 * @param warehouseId the warehouse it is about
 * @param kind what is to be done, as {@code purge-table}
 * @param payload JSON that says to what
 * @param cursor how far it got, as its kind writes it; empty at the start
 * @param dueAt not before
 * @param attempts how often it was leased
 * @param leaseOwner who works on it
 * @param leaseUntil until when nobody else may
 * @param problem why the last attempt failed; empty if it did not
 */
public record TaskRecord(
        String id,
        String warehouseId,
        String kind,
        String payload,
        String cursor,
        Instant dueAt,
        int attempts,
        Optional<String> leaseOwner,
        Optional<Instant> leaseUntil,
        String problem) {
    /** A task that nobody has begun. */
    public static TaskRecord fresh(String id, String warehouseId, String kind, String payload, Instant dueAt) {
        return new TaskRecord(id, warehouseId, kind, payload, "", dueAt, 0, Optional.empty(), Optional.empty(), "");
    }
}
