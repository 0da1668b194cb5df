package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.CommitOutcome;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Carries out work in transactions of one database, with three endings: done, failed (a {@link dev.tarn.common.TarnException}
 * of any kind but one) and unknown (UNKNOWN_OUTCOME). Thread-safe.
 */
interface Transactions extends AutoCloseable {
    /** What the database is called and how it differs. */
    Dialect dialect();

    /** Runs work that changes nothing; it sees every acknowledged transaction. */
    <T> T read(SqlWork<T> work);

    /** Runs work in a transaction that is kept if its result says so, and rolled back if it does not. */
    <T> T write(SqlWork<T> work, Predicate<T> isKept);

    /**
     * Runs work in a transaction that is kept if it is APPLIED.
     *
     * @param claim the idempotency row that the work inserts, by which a lost COMMIT can be looked up
     */
    CommitOutcome commit(SqlWork<CommitOutcome> work, Optional<KeyClaim> claim);

    /** Finds out what is wrong; called every few seconds. */
    void check();

    /** What is wrong, in one sentence; absent when it works. Answers from memory. */
    Optional<String> problem();

    @Override
    void close();
}
