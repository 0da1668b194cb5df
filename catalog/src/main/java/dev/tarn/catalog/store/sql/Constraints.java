package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.CommitOutcome;
import java.sql.SQLException;
import java.util.Optional;

/** Turns the constraint that a statement would have broken into an outcome. The transaction is of no use afterwards. */
final class Constraints {
    private Constraints() {}

    interface Statement {
        CommitOutcome run() throws SQLException;
    }

    /**
     * Runs a statement.
     *
     * @param uniqueConstraint the only uniqueness that callers may break; any other one is a failure
     * @param ifTaken the outcome if it is broken
     * @param ifForeignKey the outcome if a reference is broken
     */
    static CommitOutcome map(
            Dialect dialect,
            Statement statement,
            String uniqueConstraint,
            CommitOutcome ifTaken,
            CommitOutcome ifForeignKey)
            throws SQLException {
        try {
            return statement.run();
        } catch (SQLException e) {
            Optional<Dialect.Violation> violation = dialect.violation(e);
            if (violation.isEmpty()) {
                throw e;
            }
            return switch (violation.get().kind()) {
                case FOREIGN_KEY -> ifForeignKey;
                case UNIQUE -> {
                    if (!violation.get().constraint().equals(uniqueConstraint)) {
                        throw e;
                    }
                    yield ifTaken;
                }
            };
        }
    }
}
