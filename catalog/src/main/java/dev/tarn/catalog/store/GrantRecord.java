package dev.tarn.catalog.store;

import java.util.List;

/**
 * What a role may do to one thing and to everything in it.
 *
 * @param roleId who may
 * @param privilege what
 * @param kind what it is granted on
 * @param warehouseId the warehouse, empty for the server
 * @param namespace levels of the namespace, empty unless the grant is on one
 * @param objectId the table or view, empty unless the grant is on one
 */
public record GrantRecord(
        String roleId,
        String privilege,
        SecurableKind kind,
        String warehouseId,
        List<String> namespace,
        String objectId) {
    /** Copies the levels. */
    public GrantRecord {
        namespace = List.copyOf(namespace);
    }
}
