package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.TaskStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The leased work of a database. Thread-safe. */
final class SqlTaskStore implements TaskStore {
    private static final String COLUMNS =
            "id, warehouse_id, kind, payload, progress, due_at, attempts, lease_owner, lease_until, problem";

    private final Transactions transactions;

    SqlTaskStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public List<TaskRecord> lease(String kind, String owner, Instant now, Instant until, int limit) {
        String sql = """
                UPDATE task SET lease_owner = ?, lease_until = ?, attempts = attempts + 1
                WHERE id IN (
                    SELECT id FROM task
                    WHERE kind = ? AND due_at <= ? AND (lease_until IS NULL OR lease_until <= ?)
                    ORDER BY due_at, id LIMIT ?%s)
                RETURNING %s""".formatted(transactions.dialect().skipLocked(), COLUMNS);
        List<TaskRecord> leased = transactions.write(
                session -> session.query(
                        sql,
                        SqlTaskStore::task,
                        owner,
                        until.toEpochMilli(),
                        kind,
                        now.toEpochMilli(),
                        now.toEpochMilli(),
                        limit),
                tasks -> !tasks.isEmpty());
        return leased.stream()
                .sorted(Comparator.comparing(TaskRecord::dueAt).thenComparing(TaskRecord::id))
                .toList();
    }

    @Override
    public boolean renew(String id, String owner, String cursor, Instant until) {
        return changesOne(
                "UPDATE task SET progress = ?, lease_until = ? WHERE id = ? AND lease_owner = ?",
                cursor,
                until.toEpochMilli(),
                id,
                owner);
    }

    @Override
    public boolean finish(String id, String owner) {
        return changesOne("DELETE FROM task WHERE id = ? AND lease_owner = ?", id, owner);
    }

    @Override
    public boolean retry(String id, String owner, String cursor, String problem, Instant dueAt) {
        return changesOne("""
                UPDATE task SET progress = ?, problem = ?, due_at = ?, lease_owner = NULL, lease_until = NULL
                WHERE id = ? AND lease_owner = ?""", cursor, problem, dueAt.toEpochMilli(), id, owner);
    }

    @Override
    public Optional<TaskRecord> find(String id) {
        return transactions.read(
                session -> session.first("SELECT " + COLUMNS + " FROM task WHERE id = ?", SqlTaskStore::task, id));
    }

    @Override
    public List<TaskRecord> list(String warehouseId, String afterId, int limit) {
        return transactions.read(session -> session.query(
                "SELECT " + COLUMNS + " FROM task WHERE warehouse_id = ? AND id > ? ORDER BY id LIMIT ?",
                SqlTaskStore::task,
                warehouseId,
                afterId,
                limit));
    }

    private boolean changesOne(String sql, Object... parameters) {
        return transactions.write(session -> session.update(sql, parameters) == 1, changed -> changed);
    }

    private static TaskRecord task(ResultSet row) throws SQLException {
        return new TaskRecord(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Instant.ofEpochMilli(row.getLong(6)),
                row.getInt(7),
                Optional.ofNullable(row.getString(8)),
                SqlCatalogStore.time(row, 9),
                row.getString(10));
    }
}
