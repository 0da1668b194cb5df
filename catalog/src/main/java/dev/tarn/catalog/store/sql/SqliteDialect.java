package dev.tarn.catalog.store.sql;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite: one writer at a time, so that nothing has to be locked and events are in order as they are written. */
final class SqliteDialect implements Dialect {
    /** SQLite names the columns of a uniqueness and not the uniqueness itself. */
    private static final Map<String, String> UNIQUE_BY_COLUMNS = Map.of(
            "warehouse.name", "warehouse_name",
            "namespace.warehouse_id, namespace.path_key", "namespace_path",
            "object.namespace_id, object.name", "object_name",
            "task.id", "task_id");

    private static final String COLUMNS_FOLLOW = "UNIQUE constraint failed: ";

    @Override
    public List<String> definitions() {
        return SqlTables.DEFINITIONS.stream().map(SqliteDialect::definition).toList();
    }

    private static String definition(String template) {
        return template.replace("{id}", "INTEGER PRIMARY KEY")
                .replace("{sequence}", "sequence INTEGER PRIMARY KEY AUTOINCREMENT")
                .replace("{key}", "TEXT")
                .replace("{text}", "TEXT")
                .replace("{long}", "INTEGER")
                .replace("{int}", "INTEGER");
    }

    @Override
    public Optional<Violation> violation(SQLException failure) {
        if (!(failure instanceof SQLiteException sqlite)) {
            return Optional.empty();
        }
        SQLiteErrorCode code = sqlite.getResultCode();
        if (code == SQLiteErrorCode.SQLITE_CONSTRAINT_FOREIGNKEY) {
            return Optional.of(new Violation(ViolationKind.FOREIGN_KEY, ""));
        }
        if (code == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE || code == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY) {
            return Optional.of(new Violation(ViolationKind.UNIQUE, constraint(String.valueOf(sqlite.getMessage()))));
        }
        return Optional.empty();
    }

    @Override
    public String forShare() {
        return "";
    }

    @Override
    public String skipLocked() {
        return "";
    }

    @Override
    public String forUpdate() {
        return "";
    }

    @Override
    public void lockLocation(SqlSession session, String warehouseId, String locationKey, List<String> ancestors) {
        // The one writer sees everything that was written before it.
    }

    @Override
    public void sequenceEvents(Transactions transactions) {
        // The key of the table is the sequence, given by the one writer in the order of its commits.
    }

    @Override
    public void continueAfterRestore(SqlSession session, long gap) throws SQLException {
        session.update("""
                INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq)
                SELECT (SELECT rowid FROM sqlite_sequence WHERE name = 'outbox'), 'outbox',
                    (SELECT coalesce(max(sequence), 0) FROM outbox) + ?""", gap);
    }

    private static String constraint(String message) {
        int begin = message.lastIndexOf(COLUMNS_FOLLOW);
        int end = message.lastIndexOf(')');
        return begin < 0 || end < begin
                ? ""
                : UNIQUE_BY_COLUMNS.getOrDefault(message.substring(begin + COLUMNS_FOLLOW.length(), end), "");
    }
}
