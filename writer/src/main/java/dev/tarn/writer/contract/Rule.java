package dev.tarn.writer.contract;

import java.util.Optional;

/**
 * One thing that a contract promises.
 *
 * @param id unique within its table, as {@code enum(status)}
 * @param check what is looked at
 * @param limit which results are good; for checks of rows it counts the bad ones
 * @param severity what breaking it means
 * @param dimension of data quality, as {@code completeness}; empty where the contract names none
 * @param action what happens to bad rows; absent where the contract leaves it to whoever writes
 * @param line where the contract states it, from 1; 0 where it was not read from a file
 */
public record Rule(
        String id,
        Check check,
        Limit limit,
        Severity severity,
        String dimension,
        Optional<RuleAction> action,
        int line) {
    /** Refuses rules without an id, and lines below 0. */
    public Rule {
        if (id.isBlank()) {
            throw new IllegalArgumentException("A rule needs an id");
        }
        if (line < 0) {
            throw new IllegalArgumentException("line must be at least 0 but was " + line);
        }
    }

    /** A rule of severity error that no row may break. */
    public static Rule of(String id, Check check) {
        return new Rule(id, check, Limit.none(), Severity.ERROR, "", Optional.empty(), 0);
    }

    /** Whether each row alone shows that the rule is broken, so that rows can be left out for it. */
    public boolean judgesRows() {
        return (check instanceof Check.OfRow || check instanceof Check.Unique)
                && severity == Severity.ERROR
                && limit.toleratesNothing();
    }

    /** The columns for people. */
    public String columnText() {
        return String.join(", ", check.columns());
    }
}
