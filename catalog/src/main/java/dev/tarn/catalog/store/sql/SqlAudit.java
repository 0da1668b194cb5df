package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.AuditChain;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.AuditStore;
import dev.tarn.catalog.store.StoredAudit;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The audit chain of a database. Thread-safe. */
final class SqlAudit implements AuditStore {
    private final Transactions transactions;

    SqlAudit(Transactions transactions) {
        this.transactions = transactions;
    }

    private record Head(long sequence, String hash) {}

    /** Adds a link in the transaction of what it tells about. Administration is rare, so that one row may serialise it. */
    static void append(SqlSession session, Dialect dialect, AuditRecord audit) throws SQLException {
        Optional<Head> found = session.first(
                "SELECT sequence, hash FROM audit_head" + dialect.forUpdate(),
                row -> new Head(row.getLong(1), row.getString(2)));
        Head head = found.orElseThrow(() -> new SQLException("The table audit_head has lost its row"));
        long sequence = head.sequence() + 1;
        String hash = AuditChain.hash(head.hash(), sequence, audit);
        session.update(
                """
                INSERT INTO audit (sequence, principal, action, subject, outcome, at, details, previous_hash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                sequence,
                audit.principal(),
                audit.action(),
                audit.subject(),
                audit.outcome(),
                audit.at().toEpochMilli(),
                StoredText.json(audit.details()),
                head.hash(),
                hash);
        session.update("UPDATE audit_head SET sequence = ?, hash = ?", sequence, hash);
    }

    @Override
    public void append(AuditRecord audit) {
        boolean unused = transactions.write(
                session -> {
                    append(session, transactions.dialect(), audit);
                    return true;
                },
                kept -> kept);
    }

    @Override
    public List<StoredAudit> read(long afterSequence, int limit) {
        return transactions.read(session -> session.query(
                """
                SELECT sequence, principal, action, subject, outcome, at, details, previous_hash, hash FROM audit
                WHERE sequence > ? ORDER BY sequence LIMIT ?""",
                row -> new StoredAudit(
                        row.getLong(1),
                        new AuditRecord(
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                Instant.ofEpochMilli(row.getLong(6)),
                                StoredText.properties(row.getString(7))),
                        row.getString(8),
                        row.getString(9)),
                afterSequence,
                limit));
    }
}
