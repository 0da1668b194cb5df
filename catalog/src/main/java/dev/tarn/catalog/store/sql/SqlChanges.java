package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.TaskRecord;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes the changes of one open transaction of one warehouse. Nothing is read first and decided later: every statement
 * names what it expects, and the number of rows it changed, or the constraint it would have broken, is the outcome.
 * Confined to the thread that holds the session.
 */
final class SqlChanges implements Change.Cases<CommitOutcome, SQLException> {
    /** Versions kept per object: enough to look back over a busy day, and a bound for the table. */
    private static final int VERSIONS_KEPT = 100;

    /** Old versions go in groups, so that most commits have one statement less. */
    private static final int VERSIONS_DROPPED_TOGETHER = 16;

    private final SqlSession session;
    private final Dialect dialect;
    private final String warehouse;

    SqlChanges(SqlSession session, Dialect dialect, String warehouse) {
        this.session = session;
        this.dialect = dialect;
        this.warehouse = warehouse;
    }

    /** The outcome of the first change that could not be made, or APPLIED. */
    CommitOutcome apply(StoreTransaction transaction, Optional<KeyClaim> claim) throws SQLException {
        if (claim.isPresent() && !claim.get().insert(session)) {
            return CommitOutcome.KEY_TAKEN;
        }
        for (Change change : transaction.changes()) {
            CommitOutcome outcome = change.match(this);
            if (outcome != CommitOutcome.APPLIED) {
                return outcome;
            }
        }
        for (CatalogEvent event : transaction.events()) {
            append(event);
        }
        return CommitOutcome.APPLIED;
    }

    @Override
    public CommitOutcome createNamespace(Change.CreateNamespace create) throws SQLException {
        List<String> levels = create.levels();
        return Constraints.map(
                dialect,
                () -> session.update(
                                        """
                INSERT INTO namespace (warehouse_id, parent_id, path_key, path, name, properties, version)
                SELECT warehouse_id, id, ?, ?, ?, ?, 1 FROM namespace WHERE warehouse_id = ? AND path_key = ?""",
                                        StoredText.pathKey(levels),
                                        StoredText.path(levels),
                                        levels.get(levels.size() - 1),
                                        StoredText.json(create.properties()),
                                        warehouse,
                                        StoredText.pathKey(levels.subList(0, levels.size() - 1)))
                                == 1
                        ? CommitOutcome.APPLIED
                        : CommitOutcome.NAMESPACE_MISSING,
                "namespace_path",
                CommitOutcome.NAME_TAKEN,
                CommitOutcome.NAMESPACE_MISSING);
    }

    @Override
    public CommitOutcome replaceNamespaceProperties(Change.ReplaceNamespaceProperties replace) throws SQLException {
        return outcome(session.update(
                """
                UPDATE namespace SET properties = ?, version = version + 1
                WHERE warehouse_id = ? AND path_key = ? AND parent_id IS NOT NULL AND version = ?""",
                StoredText.json(replace.properties()),
                warehouse,
                StoredText.pathKey(replace.levels()),
                replace.expectedVersion()));
    }

    @Override
    public CommitOutcome dropNamespace(Change.DropNamespace drop) throws SQLException {
        CommitOutcome outcome = Constraints.map(
                dialect,
                () -> outcome(
                        session.update("""
                DELETE FROM namespace
                WHERE warehouse_id = ? AND path_key = ? AND parent_id IS NOT NULL AND version = ?""", warehouse, StoredText.pathKey(drop.levels()), drop.expectedVersion())),
                "",
                CommitOutcome.NAME_TAKEN,
                CommitOutcome.NAMESPACE_NOT_EMPTY);
        if (outcome == CommitOutcome.APPLIED) {
            forgetGrants("namespace_key", StoredText.pathKey(drop.levels()));
        }
        return outcome;
    }

    /** Whatever gets the same name later must not inherit what was granted on this. */
    private void forgetGrants(String column, String value) throws SQLException {
        int forgotten = session.update(
                "DELETE FROM access_grant WHERE warehouse_id = ? AND " + column + " = ?", warehouse, value);
        if (forgotten > 0) {
            session.update("UPDATE access_revision SET revision = revision + 1");
        }
    }

    @Override
    public CommitOutcome createObject(Change.CreateObject create) throws SQLException {
        Optional<LocationKey> key = LocationKey.of(create.location());
        CommitOutcome outcome = Constraints.map(
                dialect,
                () -> session.update(
                                        """
                INSERT INTO object (id, warehouse_id, namespace_id, name, kind, version, metadata_location,
                    location, location_key, is_protected)
                SELECT ?, warehouse_id, id, ?, ?, 1, ?, ?, ?, 0 FROM namespace
                WHERE warehouse_id = ? AND path_key = ? AND parent_id IS NOT NULL""",
                                        create.id(),
                                        create.name(),
                                        create.kind().name(),
                                        create.metadataLocation(),
                                        create.location(),
                                        key.map(LocationKey::value).orElse(null),
                                        warehouse,
                                        StoredText.pathKey(create.namespace()))
                                == 1
                        ? CommitOutcome.APPLIED
                        : CommitOutcome.NAMESPACE_MISSING,
                "object_name",
                CommitOutcome.NAME_TAKEN,
                CommitOutcome.NAMESPACE_MISSING);
        if (outcome != CommitOutcome.APPLIED) {
            return outcome;
        }
        session.update("INSERT INTO object_version VALUES (?, 1, ?)", create.id(), create.metadataLocation());
        return checkLocation(create.id(), key, create.locationRule());
    }

    @Override
    public CommitOutcome replaceObject(Change.ReplaceObject replace) throws SQLException {
        Optional<LocationKey> key = LocationKey.of(replace.location());
        CommitOutcome outcome = key.isEmpty() ? replaceFiles(replace) : replaceFilesInPlace(replace);
        if (outcome == CommitOutcome.STALE && key.isPresent()) {
            outcome = replaceFilesAndLocation(replace, key.get(), " AND location = ''");
        }
        if (outcome == CommitOutcome.STALE && key.isPresent()) {
            outcome = replaceFilesAndLocation(replace, key.get(), "");
            if (outcome == CommitOutcome.APPLIED) {
                outcome = checkLocation(replace.id(), key, replace.locationRule());
            }
        }
        if (outcome != CommitOutcome.APPLIED) {
            return outcome;
        }
        long version = replace.expectedVersion() + 1;
        session.update(
                "INSERT INTO object_version VALUES (?, ?, ?)", replace.id(), version, replace.metadataLocation());
        if (version > VERSIONS_KEPT && version % VERSIONS_DROPPED_TOGETHER == 0) {
            session.update(
                    "DELETE FROM object_version WHERE object_id = ? AND version <= ?",
                    replace.id(),
                    version - VERSIONS_KEPT);
        }
        return CommitOutcome.APPLIED;
    }

    private CommitOutcome replaceFiles(Change.ReplaceObject replace) throws SQLException {
        return outcome(
                session.update("""
                UPDATE object SET metadata_location = ?, version = version + 1
                WHERE id = ? AND warehouse_id = ? AND version = ? AND deleted_at IS NULL""", replace.metadataLocation(), replace.id(), warehouse, replace.expectedVersion()));
    }

    /** What nearly every commit is: the location stays, and one statement finds out that it does. */
    private CommitOutcome replaceFilesInPlace(Change.ReplaceObject replace) throws SQLException {
        return outcome(session.update(
                """
                UPDATE object SET metadata_location = ?, version = version + 1
                WHERE id = ? AND warehouse_id = ? AND version = ? AND deleted_at IS NULL AND location = ?""",
                replace.metadataLocation(),
                replace.id(),
                warehouse,
                replace.expectedVersion(),
                replace.location()));
    }

    /** A location that was not known so far is no new one, and is not looked at: whatever overlaps did so before. */
    private CommitOutcome replaceFilesAndLocation(Change.ReplaceObject replace, LocationKey key, String condition)
            throws SQLException {
        return outcome(session.update(
                """
                UPDATE object SET metadata_location = ?, version = version + 1, location = ?, location_key = ?
                WHERE id = ? AND warehouse_id = ? AND version = ? AND deleted_at IS NULL""" + condition,
                replace.metadataLocation(),
                replace.location(),
                key.value(),
                replace.id(),
                warehouse,
                replace.expectedVersion()));
    }

    /** Looks for neighbours once this object is in and its location is locked, so that of two that race one sees the other. */
    private CommitOutcome checkLocation(String id, Optional<LocationKey> key, LocationRule rule) throws SQLException {
        if (key.isEmpty() || rule == LocationRule.MAY_OVERLAP) {
            return CommitOutcome.APPLIED;
        }
        dialect.lockLocation(session, warehouse, key.get().value(), key.get().ancestors());
        return Locations.isTaken(session, warehouse, key.get(), id)
                ? CommitOutcome.LOCATION_TAKEN
                : CommitOutcome.APPLIED;
    }

    @Override
    public CommitOutcome expectObject(Change.ExpectObject expect) throws SQLException {
        boolean found = session.exists(
                "SELECT 1 FROM object WHERE id = ? AND warehouse_id = ? AND version = ? AND deleted_at IS NULL"
                        + dialect.forShare(),
                expect.id(),
                warehouse,
                expect.expectedVersion());
        return found ? CommitOutcome.APPLIED : CommitOutcome.STALE;
    }

    @Override
    public CommitOutcome renameObject(Change.RenameObject rename) throws SQLException {
        return move("""
                UPDATE object SET name = ?, version = object.version + 1, namespace_id = n.id
                FROM namespace n
                WHERE n.warehouse_id = ? AND n.path_key = ? AND n.parent_id IS NOT NULL
                    AND object.id = ? AND object.warehouse_id = n.warehouse_id AND object.version = ?
                    AND object.deleted_at IS NULL""", rename.name(), rename.namespace(), rename.id(), rename.expectedVersion());
    }

    @Override
    public CommitOutcome undropObject(Change.UndropObject undrop) throws SQLException {
        return move("""
                UPDATE object SET name = ?, version = object.version + 1, namespace_id = n.id,
                    deleted_at = NULL, purge_after = NULL, deleted_path = NULL, deleted_key = NULL
                FROM namespace n
                WHERE n.warehouse_id = ? AND n.path_key = ? AND n.parent_id IS NOT NULL
                    AND object.id = ? AND object.warehouse_id = n.warehouse_id AND object.version = ?
                    AND object.deleted_at IS NOT NULL""", undrop.name(), undrop.namespace(), undrop.id(), undrop.expectedVersion());
    }

    private CommitOutcome move(String sql, String name, List<String> namespace, String id, long expectedVersion)
            throws SQLException {
        CommitOutcome outcome = Constraints.map(
                dialect,
                () -> outcome(session.update(sql, name, warehouse, StoredText.pathKey(namespace), id, expectedVersion)),
                "object_name",
                CommitOutcome.NAME_TAKEN,
                CommitOutcome.NAMESPACE_MISSING);
        if (outcome != CommitOutcome.STALE) {
            return outcome;
        }
        boolean hasNamespace = session.exists(
                "SELECT 1 FROM namespace WHERE warehouse_id = ? AND path_key = ? AND parent_id IS NOT NULL",
                warehouse,
                StoredText.pathKey(namespace));
        return hasNamespace ? CommitOutcome.STALE : CommitOutcome.NAMESPACE_MISSING;
    }

    @Override
    public CommitOutcome dropObject(Change.DropObject drop) throws SQLException {
        CommitOutcome outcome = outcome(session.update(
                "DELETE FROM object WHERE id = ? AND warehouse_id = ? AND version = ?",
                drop.id(),
                warehouse,
                drop.expectedVersion()));
        if (outcome == CommitOutcome.APPLIED) {
            forgetGrants("object_id", drop.id());
        }
        return outcome;
    }

    @Override
    public CommitOutcome softDeleteObject(Change.SoftDeleteObject delete) throws SQLException {
        return outcome(session.update(
                """
                UPDATE object SET deleted_at = ?, purge_after = ?, version = version + 1, namespace_id = NULL,
                    deleted_path = (SELECT path FROM namespace WHERE namespace.id = object.namespace_id),
                    deleted_key = (SELECT path_key FROM namespace WHERE namespace.id = object.namespace_id)
                WHERE id = ? AND warehouse_id = ? AND version = ? AND deleted_at IS NULL""",
                delete.deletedAt().toEpochMilli(),
                delete.purgeAfter().toEpochMilli(),
                delete.id(),
                warehouse,
                delete.expectedVersion()));
    }

    @Override
    public CommitOutcome beginPurge(Change.BeginPurge begin) throws SQLException {
        return outcome(session.update("""
                UPDATE object SET version = version + 1
                WHERE id = ? AND warehouse_id = ? AND version = ? AND deleted_at IS NOT NULL""", begin.id(), warehouse, begin.expectedVersion()));
    }

    @Override
    public CommitOutcome protectObject(Change.ProtectObject protect) throws SQLException {
        return outcome(
                session.update("""
                UPDATE object SET is_protected = ?, version = version + 1
                WHERE id = ? AND warehouse_id = ? AND version = ? AND deleted_at IS NULL""", protect.isProtected() ? 1 : 0, protect.id(), warehouse, protect.expectedVersion()));
    }

    @Override
    public CommitOutcome enqueueTask(Change.EnqueueTask enqueue) throws SQLException {
        TaskRecord task = enqueue.task();
        return Constraints.map(
                dialect,
                () -> outcome(session.update(
                        """
                INSERT INTO task (id, warehouse_id, kind, payload, progress, due_at, attempts, lease_owner,
                    lease_until, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                        task.id(),
                        warehouse,
                        task.kind(),
                        task.payload(),
                        task.cursor(),
                        task.dueAt().toEpochMilli(),
                        task.attempts(),
                        task.leaseOwner().orElse(null),
                        task.leaseUntil().map(Instant::toEpochMilli).orElse(null),
                        task.problem())),
                "task_id",
                CommitOutcome.NAME_TAKEN,
                CommitOutcome.STALE);
    }

    @Override
    public CommitOutcome rescheduleTask(Change.RescheduleTask reschedule) throws SQLException {
        return outcome(session.update(
                "UPDATE task SET due_at = ? WHERE id = ? AND warehouse_id = ? AND lease_owner IS NULL",
                reschedule.dueAt().toEpochMilli(),
                reschedule.id(),
                warehouse));
    }

    @Override
    public CommitOutcome cancelTask(Change.CancelTask cancel) throws SQLException {
        return outcome(session.update(
                "DELETE FROM task WHERE id = ? AND warehouse_id = ? AND lease_owner IS NULL", cancel.id(), warehouse));
    }

    private void append(CatalogEvent event) throws SQLException {
        session.update(
                """
                INSERT INTO outbox (warehouse_id, operation, namespace, name, kind, object_id, metadata_location,
                    previous_metadata_location, details, principal, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                warehouse,
                event.operation(),
                StoredText.path(event.namespace()),
                event.name(),
                event.kind().map(Enum::name).orElse(""),
                event.objectId(),
                event.metadataLocation(),
                event.previousMetadataLocation(),
                event.details(),
                event.principal(),
                event.at().toEpochMilli());
    }

    private static CommitOutcome outcome(int rows) {
        return rows == 1 ? CommitOutcome.APPLIED : CommitOutcome.STALE;
    }
}
