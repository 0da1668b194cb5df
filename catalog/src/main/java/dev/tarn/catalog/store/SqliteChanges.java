package dev.tarn.catalog.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.events.CatalogEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Makes the changes of one open transaction. Confined to the thread that holds the writer connection. */
final class SqliteChanges {
    /** Versions kept per object: enough to look back over a busy day, and a bound for the table. */
    private static final int VERSIONS_KEPT = 100;

    /** Events kept: consumers that fall further behind must read the catalog anew. */
    private static final int EVENTS_KEPT = 100_000;

    /** Expired keys dropped with each new one: more than one, so that the table shrinks again. */
    private static final int EXPIRED_DROPPED = 16;

    private static final String SEPARATOR = "\u001f";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Connection connection;

    SqliteChanges(Connection connection) {
        this.connection = connection;
    }

    static String path(List<String> levels) {
        return String.join(SEPARATOR, levels);
    }

    static List<String> levels(String path) {
        return List.of(path.split(SEPARATOR, -1));
    }

    static Map<String, String> properties(String json) {
        try {
            return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Stored namespace properties are not JSON", e);
        }
    }

    /** The outcome of the first change that could not be made, or APPLIED. */
    CommitOutcome apply(StoreTransaction transaction, long nowMillis) throws SQLException {
        if (transaction.finished().isPresent()
                && !insertKey(transaction.finished().get(), nowMillis)) {
            return CommitOutcome.KEY_TAKEN;
        }
        for (Change change : transaction.changes()) {
            CommitOutcome outcome = apply(change);
            if (outcome != CommitOutcome.APPLIED) {
                return outcome;
            }
        }
        for (CatalogEvent event : transaction.events()) {
            append(event);
        }
        return CommitOutcome.APPLIED;
    }

    private interface Work {
        CommitOutcome run() throws SQLException;
    }

    private CommitOutcome apply(Change change) throws SQLException {
        Work work = change.<Work>match(
                create -> () -> createNamespace(create),
                replace -> () -> outcome(update(
                        "UPDATE namespace SET properties = ?, version = version + 1 WHERE path = ? AND version = ?",
                        json(replace.properties()),
                        path(replace.levels()),
                        replace.expectedVersion())),
                drop -> () -> dropNamespace(drop),
                create -> () -> createObject(create),
                replace -> () -> replaceObject(replace),
                rename -> () -> renameObject(rename),
                drop -> () -> outcome(
                        update("DELETE FROM object WHERE id = ? AND version = ?", drop.id(), drop.expectedVersion())));
        return work.run();
    }

    private boolean insertKey(IdempotencyRecord finished, long nowMillis) throws SQLException {
        update(
                "DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency WHERE expires_at < ? LIMIT "
                        + EXPIRED_DROPPED + ")",
                nowMillis);
        return update(
                        "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        finished.key().principal(),
                        finished.key().value(),
                        finished.requestHash(),
                        finished.reply().status(),
                        finished.reply().form().name(),
                        finished.reply().content(),
                        finished.expiresAt().toEpochMilli())
                == 1;
    }

    private CommitOutcome createNamespace(Change.CreateNamespace create) throws SQLException {
        List<String> levels = create.levels();
        return insert(
                """
                INSERT INTO namespace (path, parent_id, name, properties, version)
                SELECT ?, id, ?, ?, 1 FROM namespace WHERE path = ?""",
                path(levels),
                levels.get(levels.size() - 1),
                json(create.properties()),
                path(levels.subList(0, levels.size() - 1)));
    }

    private CommitOutcome dropNamespace(Change.DropNamespace drop) throws SQLException {
        try {
            return outcome(update(
                    "DELETE FROM namespace WHERE path = ? AND version = ?",
                    path(drop.levels()),
                    drop.expectedVersion()));
        } catch (SQLiteException e) {
            if (isConstraint(e)) {
                return CommitOutcome.NAMESPACE_NOT_EMPTY;
            }
            throw e;
        }
    }

    private CommitOutcome createObject(Change.CreateObject create) throws SQLException {
        CommitOutcome outcome = insert(
                """
                INSERT INTO object (id, namespace_id, name, kind, version, metadata_location)
                SELECT ?, id, ?, ?, 1, ? FROM namespace WHERE path = ? AND id <> 0""",
                create.id(),
                create.name(),
                create.kind().name(),
                create.metadataLocation(),
                path(create.namespace()));
        if (outcome == CommitOutcome.APPLIED) {
            update("INSERT INTO object_version VALUES (?, 1, ?)", create.id(), create.metadataLocation());
        }
        return outcome;
    }

    private CommitOutcome replaceObject(Change.ReplaceObject replace) throws SQLException {
        CommitOutcome outcome = outcome(update(
                "UPDATE object SET metadata_location = ?, version = version + 1 WHERE id = ? AND version = ?",
                replace.metadataLocation(),
                replace.id(),
                replace.expectedVersion()));
        if (outcome == CommitOutcome.APPLIED) {
            long version = replace.expectedVersion() + 1;
            update("INSERT INTO object_version VALUES (?, ?, ?)", replace.id(), version, replace.metadataLocation());
            update(
                    "DELETE FROM object_version WHERE object_id = ? AND version <= ?",
                    replace.id(),
                    version - VERSIONS_KEPT);
        }
        return outcome;
    }

    private CommitOutcome renameObject(Change.RenameObject rename) throws SQLException {
        if (update("UPDATE namespace SET id = id WHERE path = ? AND id <> 0", path(rename.namespace())) == 0) {
            return CommitOutcome.NAMESPACE_MISSING;
        }
        try {
            return outcome(update("""
                    UPDATE object SET name = ?, namespace_id = (SELECT id FROM namespace WHERE path = ?),
                        version = version + 1
                    WHERE id = ? AND version = ?""", rename.name(), path(rename.namespace()), rename.id(), rename.expectedVersion()));
        } catch (SQLiteException e) {
            if (isConstraint(e)) {
                return CommitOutcome.NAME_TAKEN;
            }
            throw e;
        }
    }

    private void append(CatalogEvent event) throws SQLException {
        update(
                "INSERT INTO outbox (operation, namespace, name, metadata_location, principal, at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                event.operation(),
                path(event.namespace()),
                event.name(),
                event.metadataLocation(),
                event.principal(),
                event.at().toEpochMilli());
        update("DELETE FROM outbox WHERE sequence <= last_insert_rowid() - " + EVENTS_KEPT);
    }

    private CommitOutcome insert(String sql, Object... parameters) throws SQLException {
        try {
            return update(sql, parameters) == 1 ? CommitOutcome.APPLIED : CommitOutcome.NAMESPACE_MISSING;
        } catch (SQLiteException e) {
            if (isConstraint(e)) {
                return CommitOutcome.NAME_TAKEN;
            }
            throw e;
        }
    }

    private int update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }

    private static CommitOutcome outcome(int rows) {
        return rows == 1 ? CommitOutcome.APPLIED : CommitOutcome.STALE;
    }

    private static boolean isConstraint(SQLiteException e) {
        return (e.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
    }

    private static String json(Map<String, String> properties) {
        try {
            return JSON.writeValueAsString(properties);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Namespace properties cannot be written as JSON", e);
        }
    }
}
