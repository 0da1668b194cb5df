package dev.tarn.catalog.store.sql;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What differs between the databases. Immutable, thread-safe. */
interface Dialect {
    /** What a statement ran into. */
    enum ViolationKind {
        UNIQUE,
        FOREIGN_KEY
    }

    /**
     * A constraint that a statement would have broken.
     *
     * @param constraint its name in {@link SqlTables}; empty if the database does not tell
     */
    record Violation(ViolationKind kind, String constraint) {}

    /** The statements that make all tables of {@link SqlTables}, in the words of this database. */
    List<String> definitions();

    /** Which constraint a failure is about, absent if it is about something else. */
    Optional<Violation> violation(SQLException failure);

    /** Ends a SELECT whose row must not change until the transaction ends. */
    String forShare();

    /** Ends a SELECT whose rows nobody else may take, and that passes over those that somebody has taken. */
    String skipLocked();

    /** Ends a SELECT of the row that serialises everybody who reads it in this way. */
    String forUpdate();

    /**
     * Makes other transactions wait that add an object at, above or below a location, until this one ends.
     *
     * @param ancestors the keys of the folders above it
     */
    void lockLocation(SqlSession session, String warehouseId, String locationKey, List<String> ancestors)
            throws SQLException;

    /** Gives a sequence to the events that have none, in the order in which they became durable for each object. */
    void sequenceEvents(Transactions transactions);

    /**
     * After rows were inserted with the ids that they had elsewhere: lets new ids begin behind them, and new events behind a
     * gap.
     *
     * @param gap how many sequences are left out
     */
    void continueAfterRestore(SqlSession session, long gap) throws SQLException;
}
