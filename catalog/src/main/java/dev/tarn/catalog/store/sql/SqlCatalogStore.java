package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.NamespaceRecord;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One warehouse of a database. Thread-safe. */
final class SqlCatalogStore implements CatalogStore {
    private static final String COLUMNS =
            "SELECT o.id, COALESCE(n.path, o.deleted_path), o.name, o.kind, o.version, o.metadata_location, o.location,"
                    + " o.deleted_at, o.purge_after, o.is_protected";

    /** Live ones, driven by the namespace. */
    private static final String LIVE = COLUMNS + " FROM namespace n JOIN object o ON o.namespace_id = n.id";

    /** All, driven by the object. */
    private static final String ALL = COLUMNS + " FROM object o LEFT JOIN namespace n ON n.id = o.namespace_id";

    private final Transactions transactions;
    private final String warehouse;
    private final Optional<CurrentObjects> current;

    /**
     * A warehouse.
     *
     * @param current the database's objects in memory, absent if other processes change it too
     */
    SqlCatalogStore(Transactions transactions, String warehouse, Optional<CurrentObjects> current) {
        this.transactions = transactions;
        this.warehouse = warehouse;
        this.current = current;
    }

    @Override
    public Optional<NamespaceRecord> findNamespace(List<String> levels) {
        return transactions.read(session -> session.first(
                "SELECT properties, version FROM namespace"
                        + " WHERE warehouse_id = ? AND path_key = ? AND parent_id IS NOT NULL",
                row -> new NamespaceRecord(levels, StoredText.properties(row.getString(1)), row.getLong(2)),
                warehouse,
                StoredText.pathKey(levels)));
    }

    @Override
    public List<String> listNamespaces(List<String> parent, String after, int limit) {
        return transactions.read(session ->
                session.query("""
                SELECT name FROM namespace
                WHERE parent_id = (SELECT id FROM namespace WHERE warehouse_id = ? AND path_key = ?) AND name > ?
                ORDER BY name LIMIT ?""", row -> row.getString(1), warehouse, StoredText.pathKey(parent), after, limit));
    }

    @Override
    public Optional<ObjectRecord> findObject(List<String> namespace, String name, ObjectKind kind) {
        Optional<ObjectRecord> known = objectInMemory(namespace, name, kind);
        if (known.isPresent()) {
            return known;
        }
        long stamp = current.map(CurrentObjects::stamp).orElse(0L);
        Optional<ObjectRecord> found = transactions.read(session -> session.first(
                LIVE + " WHERE n.warehouse_id = ? AND n.path_key = ? AND o.name = ? AND o.kind = ?",
                SqlCatalogStore::object,
                warehouse,
                StoredText.pathKey(namespace),
                name,
                kind.name()));
        current.ifPresent(objects -> found.ifPresent(record -> objects.offer(warehouse, record, stamp)));
        return found;
    }

    @Override
    public Optional<ObjectRecord> objectInMemory(List<String> namespace, String name, ObjectKind kind) {
        return current.flatMap(objects -> objects.find(warehouse, namespace, name, kind));
    }

    @Override
    public Optional<ObjectRecord> findObjectById(String id) {
        return transactions.read(session ->
                session.first(ALL + " WHERE o.id = ? AND o.warehouse_id = ?", SqlCatalogStore::object, id, warehouse));
    }

    @Override
    public List<String> listObjects(List<String> namespace, ObjectKind kind, String after, int limit) {
        return transactions.read(session -> session.query(
                """
                SELECT name FROM object
                WHERE namespace_id = (SELECT id FROM namespace WHERE warehouse_id = ? AND path_key = ?)
                    AND kind = ? AND name > ?
                ORDER BY name LIMIT ?""", row -> row.getString(1), warehouse, StoredText.pathKey(namespace), kind.name(), after, limit));
    }

    @Override
    public List<ObjectRecord> listDeleted(List<String> namespace, String afterId, int limit) {
        String all = ALL + " WHERE o.deleted_at IS NOT NULL AND o.warehouse_id = ?";
        String page = " AND o.id > ? ORDER BY o.id LIMIT ?";
        return transactions.read(session -> namespace.isEmpty()
                ? session.query(all + page, SqlCatalogStore::object, warehouse, afterId, limit)
                : session.query(
                        all + " AND o.deleted_key = ?" + page,
                        SqlCatalogStore::object,
                        warehouse,
                        StoredText.pathKey(namespace),
                        afterId,
                        limit));
    }

    @Override
    public List<ObjectRecord> listAll(String afterId, int limit) {
        return transactions.read(session -> session.query(
                ALL + " WHERE o.warehouse_id = ? AND o.id > ? ORDER BY o.id LIMIT ?",
                SqlCatalogStore::object,
                warehouse,
                afterId,
                limit));
    }

    @Override
    public Optional<ObjectRecord> liveObjectAt(String location) {
        Optional<LocationKey> key = LocationKey.of(location);
        if (key.isEmpty()) {
            return Optional.empty();
        }
        List<Object> parameters = atAndAbove(key.get());
        return transactions.read(session -> session.first(
                ALL + " WHERE o.warehouse_id = ? AND o.location_key IN (" + Locations.places(parameters.size() - 1)
                        + ") AND o.deleted_at IS NULL ORDER BY length(o.location_key) DESC, o.id LIMIT 1",
                SqlCatalogStore::object,
                parameters.toArray()));
    }

    @Override
    public List<ObjectRecord> overlapping(String location, int limit) {
        Optional<LocationKey> key = LocationKey.of(location);
        if (key.isEmpty()) {
            return List.of();
        }
        List<Object> parameters = atAndAbove(key.get());
        String places = Locations.places(parameters.size() - 1);
        parameters.add(limit);
        return transactions.read(session -> {
            List<ObjectRecord> found = new ArrayList<>(session.query(
                    ALL + " WHERE o.warehouse_id = ? AND o.location_key IN (" + places + ") ORDER BY o.id LIMIT ?",
                    SqlCatalogStore::object,
                    parameters.toArray()));
            found.addAll(session.query(
                    ALL + " WHERE o.warehouse_id = ? AND o.location_key >= ? AND o.location_key < ?"
                            + " ORDER BY o.location_key LIMIT ?",
                    SqlCatalogStore::object,
                    warehouse,
                    key.get().firstBelow(),
                    key.get().behindBelow(),
                    limit - found.size()));
            return List.copyOf(found);
        });
    }

    @Override
    public Optional<IdempotencyRecord> findFinished(IdempotencyKey key) {
        return transactions.read(session -> session.first(
                """
                SELECT request_hash, status, form, content, expires_at FROM idempotency
                WHERE warehouse_id = ? AND principal = ? AND idempotency_key = ?""",
                row -> new IdempotencyRecord(
                        key,
                        row.getString(1),
                        new StoredReply(row.getInt(2), StoredReply.Form.valueOf(row.getString(3)), row.getString(4)),
                        Instant.ofEpochMilli(row.getLong(5))),
                warehouse,
                key.principal(),
                key.value()));
    }

    @Override
    public CommitOutcome commit(StoreTransaction transaction) {
        Optional<KeyClaim> claim = transaction
                .finished()
                .map(finished ->
                        new KeyClaim(warehouse, finished, UUID.randomUUID().toString()));
        current.ifPresent(objects -> objects.begin(transaction.changes()));
        try {
            return transactions.commit(
                    session -> new SqlChanges(session, transactions.dialect(), warehouse).apply(transaction, claim),
                    claim);
        } finally {
            current.ifPresent(objects -> objects.end(transaction.changes()));
        }
    }

    private List<Object> atAndAbove(LocationKey key) {
        List<Object> parameters = new ArrayList<>();
        parameters.add(warehouse);
        parameters.addAll(Locations.atAndAbove(key));
        return parameters;
    }

    private static ObjectRecord object(ResultSet row) throws SQLException {
        return new ObjectRecord(
                row.getString(1),
                StoredText.levels(row.getString(2)),
                row.getString(3),
                ObjectKind.valueOf(row.getString(4)),
                row.getLong(5),
                row.getString(6),
                row.getString(7),
                time(row, 8),
                time(row, 9),
                row.getInt(10) != 0);
    }

    static Optional<Instant> time(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
