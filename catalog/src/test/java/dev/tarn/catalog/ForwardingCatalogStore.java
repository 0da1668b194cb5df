package dev.tarn.catalog;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.NamespaceRecord;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import java.util.List;
import java.util.Optional;

/** A store that does what another one does, for tests that change one thing about it. */
abstract class ForwardingCatalogStore implements CatalogStore {
    private final CatalogStore store;

    ForwardingCatalogStore(CatalogStore store) {
        this.store = store;
    }

    @Override
    public Optional<NamespaceRecord> findNamespace(List<String> levels) {
        return store.findNamespace(levels);
    }

    @Override
    public List<String> listNamespaces(List<String> parent, String after, int limit) {
        return store.listNamespaces(parent, after, limit);
    }

    @Override
    public Optional<ObjectRecord> findObject(List<String> namespace, String name, ObjectKind kind) {
        return store.findObject(namespace, name, kind);
    }

    @Override
    public Optional<ObjectRecord> findObjectById(String id) {
        return store.findObjectById(id);
    }

    @Override
    public List<String> listObjects(List<String> namespace, ObjectKind kind, String after, int limit) {
        return store.listObjects(namespace, kind, after, limit);
    }

    @Override
    public List<ObjectRecord> listDeleted(List<String> namespace, String afterId, int limit) {
        return store.listDeleted(namespace, afterId, limit);
    }

    @Override
    public List<ObjectRecord> listAll(String afterId, int limit) {
        return store.listAll(afterId, limit);
    }

    @Override
    public Optional<ObjectRecord> liveObjectAt(String location) {
        return store.liveObjectAt(location);
    }

    @Override
    public List<ObjectRecord> overlapping(String location, int limit) {
        return store.overlapping(location, limit);
    }

    @Override
    public Optional<IdempotencyRecord> findFinished(IdempotencyKey key) {
        return store.findFinished(key);
    }

    @Override
    public CommitOutcome commit(StoreTransaction transaction) {
        return store.commit(transaction);
    }
}
