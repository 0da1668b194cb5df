package dev.tarn.writer.contract;

import java.util.List;

/**
 * How data kept one rule.
 *
 * @param rule the rule
 * @param status the verdict
 * @param action what happened to bad rows
 * @param violations rows, or for rules about the whole 1, that broke the rule
 * @param checked rows that were looked at
 * @param found what was found, without values of rows, as {@code 3 of 100 rows}
 * @param samples keys of bad rows; empty unless an option allows them
 */
public record RuleOutcome(
        Rule rule,
        Status status,
        RuleAction action,
        long violations,
        long checked,
        String found,
        List<String> samples) {
    /** A verdict on one rule. */
    public enum Status {
        /** The rule was kept, or bad rows were held back as its action says. */
        PASSED,
        /** It was broken, and its severity is error. */
        VIOLATED,
        /** It was broken, and its severity is warning. */
        WARNED,
        /** It was not looked at, for the reason found. */
        NOT_CHECKED
    }

    /** Copies the samples. */
    public RuleOutcome {
        samples = List.copyOf(samples);
    }

    /** For people: {@code enum(status) of column status: 3 of 100 rows}. */
    public String describe() {
        String columns = rule.columnText();
        String of = columns.isEmpty() ? "" : " of column " + columns;
        String keys = samples.isEmpty() ? "" : ", such as " + samples;
        return rule.id() + of + ": " + found + keys;
    }
}
