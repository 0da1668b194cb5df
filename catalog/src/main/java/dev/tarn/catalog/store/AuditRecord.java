package dev.tarn.catalog.store;

import java.time.Instant;
import java.util.Map;

/**
 * Who did what in the administration.
 *
 * @param principal who did it
 * @param action what was done, as {@code create-role}
 * @param subject what it was done to, as {@code role/analyst}
 * @param outcome how it ended, as {@code allowed}
 * @param at when it was decided
 * @param details what else is to be known; never a secret
 */
public record AuditRecord(
        String principal, String action, String subject, String outcome, Instant at, Map<String, String> details) {
    /** Copies the details. */
    public AuditRecord {
        details = Map.copyOf(details);
    }
}
