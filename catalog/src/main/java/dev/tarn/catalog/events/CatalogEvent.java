package dev.tarn.catalog.events;

import dev.tarn.catalog.store.ObjectKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One thing that happened to one object or namespace.
 *
 * @param operation what was done, as {@code commit-table}
 * @param namespace levels of the namespace
 * @param name name of the object, empty for a namespace
 * @param kind what the object is, absent for a namespace
 * @param objectId id of the object, empty for a namespace
 * @param metadataLocation metadata file after the change, empty where there is none
 * @param previousMetadataLocation metadata file before the change, empty where there was none
 * @param details a small JSON object, such as the names of the updates; {@code {}} where there is nothing to tell
 * @param principal who asked for it
 * @param at when it was decided
 */
public record CatalogEvent(
        String operation,
        List<String> namespace,
        String name,
        Optional<ObjectKind> kind,
        String objectId,
        String metadataLocation,
        String previousMetadataLocation,
        String details,
        String principal,
        Instant at) {
    /** Details of an event that has none. */
    public static final String NO_DETAILS = "{}";

    /** Copies the levels. */
    public CatalogEvent {
        namespace = List.copyOf(namespace);
    }

    /** Something that happened to a namespace. */
    public static CatalogEvent ofNamespace(String operation, List<String> namespace, String principal, Instant at) {
        return new CatalogEvent(operation, namespace, "", Optional.empty(), "", "", "", NO_DETAILS, principal, at);
    }
}
