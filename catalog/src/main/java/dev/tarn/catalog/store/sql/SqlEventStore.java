package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.events.StoredEvent;
import dev.tarn.catalog.store.EventStore;
import dev.tarn.catalog.store.ObjectKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The outbox of a database. Thread-safe. */
final class SqlEventStore implements EventStore {
    private static final String SELECT = """
            SELECT sequence, warehouse_id, operation, namespace, name, kind, object_id, metadata_location,
                previous_metadata_location, details, principal, at FROM outbox""";

    private final Transactions transactions;

    SqlEventStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public List<StoredEvent> read(String warehouseId, long afterSequence, int limit) {
        transactions.dialect().sequenceEvents(transactions);
        String page = "sequence > ? ORDER BY sequence LIMIT ?";
        return transactions.read(session -> warehouseId.isEmpty()
                ? session.query(SELECT + " WHERE " + page, SqlEventStore::event, afterSequence, limit)
                : session.query(
                        SELECT + " WHERE warehouse_id = ? AND " + page,
                        SqlEventStore::event,
                        warehouseId,
                        afterSequence,
                        limit));
    }

    @Override
    public long cursor(String consumer) {
        return transactions
                .read(session -> session.first(
                        "SELECT sequence FROM event_consumer WHERE name = ?", row -> row.getLong(1), consumer))
                .orElse(0L);
    }

    @Override
    public boolean advance(String consumer, long expected, long sequence) {
        String move = "UPDATE event_consumer SET sequence = ? WHERE name = ? AND sequence = ?";
        String begin = "INSERT INTO event_consumer (name, sequence) VALUES (?, ?) ON CONFLICT DO NOTHING";
        return transactions.write(
                session -> session.update(move, sequence, consumer, expected) == 1
                        || (expected == 0 && session.update(begin, consumer, sequence) == 1),
                moved -> moved);
    }

    @Override
    public long oldest() {
        return transactions
                .read(session -> session.first(
                        "SELECT sequence FROM outbox WHERE sequence IS NOT NULL ORDER BY sequence LIMIT 1",
                        row -> row.getLong(1)))
                .orElse(0L);
    }

    private static StoredEvent event(ResultSet row) throws SQLException {
        String kind = row.getString(6);
        return new StoredEvent(
                row.getLong(1),
                row.getString(2),
                new CatalogEvent(
                        row.getString(3),
                        StoredText.levels(row.getString(4)),
                        row.getString(5),
                        kind.isEmpty() ? Optional.empty() : Optional.of(ObjectKind.valueOf(kind)),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getString(10),
                        row.getString(11),
                        Instant.ofEpochMilli(row.getLong(12))));
    }
}
