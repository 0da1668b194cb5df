package dev.tarn.catalog.store;

import java.util.List;
import java.util.Optional;

/**
 * The durable state of a catalog. Reads see every acknowledged transaction; changes go through {@link #commit} only.
 * Thread-safe. Whoever opens a store closes it.
 */
public interface CatalogStore extends AutoCloseable {
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

    /** An object of one kind, absent if the namespace or the object does not exist. */
    Optional<ObjectRecord> findObject(List<String> namespace, String name, ObjectKind kind);

    /** Names of the objects of a kind in a namespace, in order; see {@link #listNamespaces} for paging. */
    List<String> listObjects(List<String> namespace, ObjectKind kind, String after, int limit);

    /** What a keyed mutation answered, absent if the key is unknown. */
    Optional<IdempotencyRecord> findFinished(IdempotencyKey key);

    /**
     * Makes all changes of a transaction or none. When this returns, an applied transaction survives a crash.
     *
     * @throws dev.tarn.common.TarnException UNKNOWN_OUTCOME if the transaction may or may not be durable; OVERLOADED
     *     before any work if too many wait; UNAVAILABLE if nothing was changed because the database failed
     */
    CommitOutcome commit(StoreTransaction transaction);

    /** What is wrong with the store, in one sentence; absent when it works. Answers from memory. */
    Optional<String> problem();

    @Override
    void close();
}
