package dev.tarn.catalog.store;

import java.util.List;

/**
 * A table or view as stored.
 *
 * @param id stable through renames, never reused
 * @param namespace levels of its namespace
 * @param name unique in its namespace across kinds
 * @param kind table or view
 * @param version counts changes, from 1; the subject of every compare-and-swap
 * @param metadataLocation the metadata file of this version
 */
public record ObjectRecord(
        String id, List<String> namespace, String name, ObjectKind kind, long version, String metadataLocation) {
    /** Copies the levels. */
    public ObjectRecord {
        namespace = List.copyOf(namespace);
    }
}
