package dev.tarn.catalog.store;

import java.time.Instant;

/**
 * A mutation that is finished for good, and what it answered.
 *
 * @param key the client's key
 * @param requestHash hash of method, path, query and body: another request under the same key is refused
 * @param reply what was answered
 * @param expiresAt from when on the key may be forgotten
 */
public record IdempotencyRecord(IdempotencyKey key, String requestHash, StoredReply reply, Instant expiresAt) {}
