package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.sql.SQLException;
import java.util.Optional;

/** What the states of PostgreSQL's failures mean. */
final class PostgresFailures {
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";
    private static final String COMPLETION_UNKNOWN = "40003";
    private static final String ALREADY_ABORTED = "25P02";
    private static final String LOCK_TIMEOUT = "55P03";

    private PostgresFailures() {}

    /** Whether the server rolled back for the sake of another transaction. */
    static boolean isWorthARetry(SQLException failure) {
        String state = state(failure);
        return state.equals(SERIALIZATION_FAILURE) || state.equals(DEADLOCK);
    }

    /** Whether a failure of COMMIT says for certain that nothing was committed. All others leave it open. */
    static boolean isCertainlyRolledBack(SQLException failure) {
        String state = state(failure);
        return (state.startsWith("40") && !state.equals(COMPLETION_UNKNOWN))
                || state.startsWith("23")
                || state.equals(ALREADY_ABORTED);
    }

    /** Whether the connection is gone, or the server that it led to. */
    static boolean isConnectionLoss(SQLException failure) {
        String state = state(failure);
        return state.startsWith("08") || state.startsWith("57P0");
    }

    /** What to tell about a transaction that failed before COMMIT, or was rolled back by it. */
    static TarnException nothingChanged(SQLException failure) {
        boolean isContended = isWorthARetry(failure) || state(failure).equals(LOCK_TIMEOUT);
        return new TarnException(
                isContended ? ErrorKind.OVERLOADED : ErrorKind.UNAVAILABLE,
                (isContended
                                ? "Too many transactions of the catalog database wait for each other; try again: "
                                : "The catalog database failed and nothing was changed: ")
                        + failure.getMessage(),
                failure);
    }

    private static String state(SQLException failure) {
        return Optional.ofNullable(failure.getSQLState()).orElse("");
    }
}
