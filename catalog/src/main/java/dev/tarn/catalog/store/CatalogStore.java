package dev.tarn.catalog.store;

import java.util.List;
import java.util.Optional;

/**
 * The durable state of one warehouse. Reads see every acknowledged transaction; changes go through {@link #commit} only.
 * Objects found or listed by name are live ones; those that were dropped softly are found by id, by location and by
 * {@link #listDeleted}. A view of a {@link CatalogDatabase}: thread-safe, and not to be closed.
 */
public interface CatalogStore {
    /** A namespace, absent if it does not exist. */
    Optional<NamespaceRecord> findNamespace(List<String> levels);

    /**
     * Names of the namespaces directly below another, in order.
     *
     * @param parent levels of the parent; empty for the top
     * @param after only names behind this one; empty for all
     * @param limit at most so many
     */
    List<String> listNamespaces(List<String> parent, String after, int limit);

    /** A live object of one kind, absent if the namespace or the object does not exist. */
    Optional<ObjectRecord> findObject(List<String> namespace, String name, ObjectKind kind);

    /**
     * The same as {@link #findObject}, but from memory and without ever blocking; absent if only the database knows. A store
     * that other processes change too never answers here.
     */
    default Optional<ObjectRecord> objectInMemory(List<String> namespace, String name, ObjectKind kind) {
        return Optional.empty();
    }

    /** An object by its id, live or dropped softly. */
    Optional<ObjectRecord> findObjectById(String id);

    /** Names of the live objects of a kind in a namespace, in order; see {@link #listNamespaces} for paging. */
    List<String> listObjects(List<String> namespace, ObjectKind kind, String after, int limit);

    /**
     * Objects that were dropped softly, in the order of their ids.
     *
     * @param namespace where they were; empty for the whole warehouse
     * @param afterId only ids behind this one; empty for all
     * @param limit at most so many
     */
    List<ObjectRecord> listDeleted(List<String> namespace, String afterId, int limit);

    /**
     * All objects of the warehouse, live or dropped softly, in the order of their ids.
     *
     * @param afterId only ids behind this one; empty for all
     * @param limit at most so many
     */
    List<ObjectRecord> listAll(String afterId, int limit);

    /** The live object that a file or folder belongs to: the one with the longest base location at or above it. */
    Optional<ObjectRecord> liveObjectAt(String location);

    /**
     * Objects, live or dropped softly, whose base location is this one, above it or below it.
     *
     * @param limit at most so many
     */
    List<ObjectRecord> overlapping(String location, int limit);

    /** What a keyed mutation answered, absent if the key is unknown. */
    Optional<IdempotencyRecord> findFinished(IdempotencyKey key);

    /**
     * Makes all changes of a transaction or none. When this returns, an applied transaction survives a crash.
     *
     * @throws dev.tarn.common.TarnException UNKNOWN_OUTCOME if the transaction may or may not be durable; OVERLOADED
     *     before any work if too many wait; UNAVAILABLE if nothing was changed because the database failed
     */
    CommitOutcome commit(StoreTransaction transaction);
}
