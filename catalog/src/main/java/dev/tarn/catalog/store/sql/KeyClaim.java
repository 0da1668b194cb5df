package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import java.sql.SQLException;
import java.util.List;

/**
 * An idempotency row that a transaction inserts before anything else. Whoever comes second with the same key waits for the
 * first and then finds the row.
 *
 * @param warehouseId the warehouse of the key
 * @param finished the row
 * @param commitId names this very transaction, so that after a lost COMMIT its row can be told from another one's
 */
record KeyClaim(String warehouseId, IdempotencyRecord finished, String commitId) {
    /** Inserts the row; false if the key is taken. */
    boolean insert(SqlSession session) throws SQLException {
        IdempotencyKey key = finished.key();
        return session.update(
                        "INSERT INTO idempotency (warehouse_id, principal, idempotency_key, request_hash, status, form,"
                                + " content, expires_at, commit_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                + " ON CONFLICT DO NOTHING",
                        warehouseId,
                        key.principal(),
                        key.value(),
                        finished.requestHash(),
                        finished.reply().status(),
                        finished.reply().form().name(),
                        finished.reply().content(),
                        finished.expiresAt().toEpochMilli(),
                        commitId)
                == 1;
    }

    /** Whether the row that holds the key is the one of this claim. */
    boolean isHeld(SqlSession session) throws SQLException {
        List<String> holders = session.query(
                "SELECT commit_id FROM idempotency WHERE warehouse_id = ? AND principal = ? AND idempotency_key = ?",
                row -> row.getString(1),
                warehouseId,
                finished.key().principal(),
                finished.key().value());
        return holders.contains(commitId);
    }
}
