package dev.tarn.catalog.store;

/**
 * A link of the audit chain.
 *
 * @param sequence its place, from 1 without gaps
 * @param audit what was done
 * @param previousHash hash of the link before; empty for the first
 * @param hash of this link, see {@link AuditChain}
 */
public record StoredAudit(long sequence, AuditRecord audit, String previousHash, String hash) {}
