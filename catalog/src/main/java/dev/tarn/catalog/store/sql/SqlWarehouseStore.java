package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.store.WarehouseStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The warehouses of a database. Thread-safe. */
final class SqlWarehouseStore implements WarehouseStore {
    private static final String SELECT = "SELECT id, name, location, properties, active, version FROM warehouse";

    private final Transactions transactions;

    SqlWarehouseStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public Optional<WarehouseRecord> find(String name) {
        return transactions.read(
                session -> session.first(SELECT + " WHERE name = ?", SqlWarehouseStore::warehouse, name));
    }

    @Override
    public Optional<WarehouseRecord> findById(String id) {
        return transactions.read(session -> session.first(SELECT + " WHERE id = ?", SqlWarehouseStore::warehouse, id));
    }

    @Override
    public List<WarehouseRecord> list(String afterName, int limit) {
        return transactions.read(session -> session.query(
                SELECT + " WHERE name > ? ORDER BY name LIMIT ?", SqlWarehouseStore::warehouse, afterName, limit));
    }

    @Override
    public CommitOutcome create(WarehouseRecord warehouse, AuditRecord audit) {
        return transactions.commit(
                session -> {
                    int rows = session.update(
                            "INSERT INTO warehouse (id, name, location, properties, active, version)"
                                    + " VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING",
                            warehouse.id(),
                            warehouse.name(),
                            warehouse.location(),
                            StoredText.json(warehouse.properties()),
                            warehouse.active() ? 1 : 0);
                    if (rows == 0) {
                        return CommitOutcome.NAME_TAKEN;
                    }
                    session.update(
                            "INSERT INTO namespace (warehouse_id, path_key, path, name, properties, version)"
                                    + " VALUES (?, '', '', '', '{}', 1)",
                            warehouse.id());
                    SqlAudit.append(session, transactions.dialect(), audit);
                    return CommitOutcome.APPLIED;
                },
                Optional.empty());
    }

    @Override
    public CommitOutcome replace(WarehouseRecord warehouse, AuditRecord audit) {
        return transactions.commit(
                session -> {
                    CommitOutcome outcome = Constraints.map(
                            transactions.dialect(),
                            () -> session.update(
                                                    """
                            UPDATE warehouse
                            SET name = ?, location = ?, properties = ?, active = ?, version = version + 1
                            WHERE id = ? AND version = ?""",
                                                    warehouse.name(),
                                                    warehouse.location(),
                                                    StoredText.json(warehouse.properties()),
                                                    warehouse.active() ? 1 : 0,
                                                    warehouse.id(),
                                                    warehouse.version())
                                            == 1
                                    ? CommitOutcome.APPLIED
                                    : CommitOutcome.STALE,
                            "warehouse_name",
                            CommitOutcome.NAME_TAKEN,
                            CommitOutcome.STALE);
                    if (outcome == CommitOutcome.APPLIED) {
                        SqlAudit.append(session, transactions.dialect(), audit);
                    }
                    return outcome;
                },
                Optional.empty());
    }

    @Override
    public CommitOutcome drop(String id, long expectedVersion, AuditRecord audit) {
        return transactions.commit(
                session -> Constraints.map(
                        transactions.dialect(),
                        () -> drop(session, id, expectedVersion, audit),
                        "",
                        CommitOutcome.NAME_TAKEN,
                        CommitOutcome.WAREHOUSE_NOT_EMPTY),
                Optional.empty());
    }

    private CommitOutcome drop(SqlSession session, String id, long expectedVersion, AuditRecord audit)
            throws SQLException {
        session.update("DELETE FROM namespace WHERE warehouse_id = ? AND path_key = ''", id);
        if (session.update("DELETE FROM warehouse WHERE id = ? AND version = ?", id, expectedVersion) == 0) {
            return CommitOutcome.STALE;
        }
        session.update("DELETE FROM idempotency WHERE warehouse_id = ?", id);
        if (session.update("DELETE FROM access_grant WHERE warehouse_id = ?", id) > 0) {
            session.update("UPDATE access_revision SET revision = revision + 1");
        }
        SqlAudit.append(session, transactions.dialect(), audit);
        return CommitOutcome.APPLIED;
    }

    private static WarehouseRecord warehouse(ResultSet row) throws SQLException {
        return new WarehouseRecord(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                StoredText.properties(row.getString(4)),
                row.getInt(5) != 0,
                row.getLong(6));
    }
}
