package dev.tarn.catalog.lifecycle;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.iceberg.io.FileIO;

/**
 * What the other objects of a warehouse, live or dropped softly, need of the folders of one table. It is looked up anew
 * while the table is deleted, which costs no more than the objects that changed. Confined to one purge; its memory grows
 * with the number of objects in the warehouse, about 100 bytes for each.
 */
final class NeededFiles {
    /** Short beside the time that a client takes to write manifests, long beside the listing of many objects. */
    private static final Duration MAX_AGE = Duration.ofSeconds(5);

    private static final int PAGE = 500;

    /** A table whose folders overlap with more objects than this is not deleted at all. */
    private static final int MAX_OVERLAPS = 1_000;

    /** Tries to read an object that changes while it is read. */
    private static final int MAX_TRIES = 3;

    private final Scope scope;
    private final Map<String, Long> versions = new HashMap<>();
    private final Map<String, Holder> holders = new HashMap<>();
    private long lookedUpAt;
    private boolean complete;

    /**
     * Where to look.
     *
     * @param objectId the table that is deleted, whose own needs do not count
     * @param folders its folders
     * @param store objects of the warehouse
     * @param references reads what an object needs
     * @param io reads the files of the warehouse
     * @param readers objects are read on these threads
     * @param isGoing whether an object is being purged itself, so that it needs nothing any more
     * @param byManifests whether manifests are read; otherwise locations alone count
     * @param check called between steps; throws when the purge has to stop
     */
    record Scope(
            String objectId,
            TableFolders folders,
            CatalogStore store,
            References references,
            FileIO io,
            ExecutorService readers,
            Predicate<ObjectRecord> isGoing,
            boolean byManifests,
            Runnable check) {}

    private record Holder(String name, ObjectReferences references) {
        boolean needs(String file) {
            return references.foreign().files().contains(file)
                    || startsWithAny(file, references.folders())
                    || startsWithAny(file, references.foreign().folders());
        }

        private static boolean startsWithAny(String file, Iterable<String> folders) {
            for (String folder : folders) {
                if (file.startsWith(folder)) {
                    return true;
                }
            }
            return false;
        }
    }

    NeededFiles(Scope scope) {
        this.scope = scope;
    }

    /**
     * Learns what changed, unless that was just done.
     *
     * @throws TarnException CORRUPT if it cannot be told what an object needs
     */
    void refresh() {
        if (complete && System.nanoTime() - lookedUpAt < MAX_AGE.toNanos()) {
            return;
        }
        long now = System.nanoTime();
        if (scope.byManifests()) {
            lookAtEveryObject();
        } else {
            lookAtLocations();
        }
        lookedUpAt = now;
        complete = true;
    }

    /** Who needs a file, in the common spelling; absent if nobody does. */
    Optional<String> neededBy(String file) {
        for (Holder holder : holders.values()) {
            if (holder.needs(file)) {
                return Optional.of(holder.name());
            }
        }
        return Optional.empty();
    }

    /** Whether a folder of another object lies at, above or below one of the table's. */
    boolean sharesFolders() {
        return holders.values().stream()
                .flatMap(holder -> holder.references().folders().stream())
                .anyMatch(scope.folders()::touches);
    }

    private void lookAtLocations() {
        Map<String, Holder> found = new HashMap<>();
        for (String folder : scope.folders().folders()) {
            List<ObjectRecord> overlapping = scope.store().overlapping(folder, MAX_OVERLAPS + 1);
            if (overlapping.size() > MAX_OVERLAPS) {
                throw new TarnException(
                        ErrorKind.REFUSED,
                        "More than %d objects share the folder %s; drop them first".formatted(MAX_OVERLAPS, folder));
            }
            for (ObjectRecord other : overlapping) {
                if (!other.id().equals(scope.objectId())) {
                    found.put(
                            other.id(),
                            new Holder(
                                    name(other),
                                    new ObjectReferences(
                                            List.of(FileSpelling.folder(other.location())), FileSet.EMPTY)));
                }
            }
        }
        holders.clear();
        holders.putAll(found);
    }

    private void lookAtEveryObject() {
        Set<String> seen = new HashSet<>();
        String after = "";
        while (true) {
            List<ObjectRecord> page = scope.store().listAll(after, PAGE);
            learn(page.stream()
                    .filter(object -> !object.id().equals(scope.objectId()))
                    .filter(object -> !Long.valueOf(object.version()).equals(versions.get(object.id())))
                    .toList());
            page.forEach(object -> seen.add(object.id()));
            if (page.size() < PAGE) {
                break;
            }
            after = page.get(page.size() - 1).id();
        }
        versions.keySet().retainAll(seen);
        holders.keySet().retainAll(seen);
    }

    private void learn(List<ObjectRecord> changed) {
        List<Future<ObjectReferences>> reading = new ArrayList<>();
        for (ObjectRecord object : changed) {
            reading.add(scope.readers().submit(() -> read(object)));
        }
        try {
            for (int i = 0; i < changed.size(); i++) {
                scope.check().run();
                keep(changed.get(i), await(reading.get(i)));
            }
        } finally {
            reading.forEach(future -> future.cancel(true));
        }
    }

    private void keep(ObjectRecord object, ObjectReferences references) {
        boolean concerns = references.folders().stream().anyMatch(scope.folders()::touches)
                || references.foreign().files().stream().anyMatch(scope.folders()::contains)
                || references.foreign().folders().stream().anyMatch(scope.folders()::touches);
        if (concerns) {
            holders.put(object.id(), new Holder(name(object), references));
        } else {
            holders.remove(object.id());
        }
        // The version before reading: what changed meanwhile is read again at the next look.
        versions.put(object.id(), object.version());
    }

    /** An object that moves on may have deleted its old files, so that its newest version counts. */
    private ObjectReferences read(ObjectRecord first) {
        if (scope.isGoing().test(first)) {
            return ObjectReferences.NOTHING;
        }
        ObjectRecord object = first;
        for (int tries = 1; ; tries++) {
            try {
                return scope.references().of(object, scope.io());
            } catch (TarnException e) {
                Optional<ObjectRecord> current = scope.store().findObjectById(object.id());
                if (current.isEmpty() || scope.isGoing().test(current.get())) {
                    return ObjectReferences.NOTHING; // Gone meanwhile, or about to be.
                }
                if (tries == MAX_TRIES || current.get().version() == object.version()) {
                    throw e;
                }
                object = current.get();
            }
        }
    }

    private static ObjectReferences await(Future<ObjectReferences> reading) {
        try {
            return reading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("Cannot read an object of the warehouse", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while reading what other objects need", e);
        }
    }

    private static String name(ObjectRecord object) {
        return String.join(".", object.namespace()) + "." + object.name();
    }
}
