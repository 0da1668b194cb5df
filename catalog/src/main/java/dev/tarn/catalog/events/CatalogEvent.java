package dev.tarn.catalog.events;

import java.time.Instant;
import java.util.List;

/**
 * One thing that happened to one object or namespace.
 *
 * @param operation what was done, as {@code commit-table}
 * @param namespace levels of the namespace
 * @param name name of the object, empty for a namespace
 * @param metadataLocation metadata file after the change, empty where there is none
 * @param principal who asked for it
 * @param at when it was decided
 */
public record CatalogEvent(
        String operation, List<String> namespace, String name, String metadataLocation, String principal, Instant at) {
    /** Copies the levels. */
    public CatalogEvent {
        namespace = List.copyOf(namespace);
    }
}
