package dev.tarn.catalog.store;

import java.util.List;

/**
 * The audit log, as a chain: see {@link AuditChain}. A view of a {@link CatalogDatabase}: thread-safe, and not to be closed.
 */
public interface AuditStore {
    /** Adds a link on its own, for what changed nothing: a refusal, a login. */
    void append(AuditRecord audit);

    /**
     * Links in order.
     *
     * @param afterSequence only links behind this one; 0 for all
     * @param limit at most so many
     */
    List<StoredAudit> read(long afterSequence, int limit);
}
