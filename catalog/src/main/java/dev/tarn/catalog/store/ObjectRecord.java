package dev.tarn.catalog.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A table or view as stored.
 *
 * @param id stable through renames, never reused
 * @param namespace levels of its namespace; of its last one if it was dropped softly
 * @param name unique in its namespace across kinds, among live objects
 * @param kind table or view
 * @param version counts changes, from 1; the subject of every compare-and-swap
 * @param metadataLocation the metadata file of this version
 * @param location base location, empty if it is not known
 * @param deletedAt when it was dropped softly, absent if it is live
 * @param purgeAfter from when on its files may be deleted, absent if it is live
 * @param isProtected whether it must not be dropped
 */
public record ObjectRecord(
        String id,
        List<String> namespace,
        String name,
        ObjectKind kind,
        long version,
        String metadataLocation,
        String location,
        Optional<Instant> deletedAt,
        Optional<Instant> purgeAfter,
        boolean isProtected) {
    /** Copies the levels. */
    public ObjectRecord {
        namespace = List.copyOf(namespace);
    }

    /** A live object that is not protected. */
    public ObjectRecord(
            String id,
            List<String> namespace,
            String name,
            ObjectKind kind,
            long version,
            String metadataLocation,
            String location) {
        this(id, namespace, name, kind, version, metadataLocation, location, Optional.empty(), Optional.empty(), false);
    }
}
