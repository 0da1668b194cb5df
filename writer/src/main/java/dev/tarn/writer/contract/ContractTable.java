package dev.tarn.writer.contract;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A table that a contract promises: its columns, and the rules for its rows.
 *
 * @param name of the table
 * @param fields its columns
 * @param rules each with an id of its own
 */
public record ContractTable(String name, List<ContractField> fields, List<Rule> rules) {
    /** Refuses two rules with one id, and copies the lists. */
    public ContractTable {
        fields = List.copyOf(fields);
        rules = List.copyOf(rules);
        Set<String> ids = new HashSet<>();
        for (Rule rule : rules) {
            if (!ids.add(rule.id())) {
                throw new IllegalArgumentException("Two rules of table %s have the id %s".formatted(name, rule.id()));
            }
        }
    }
}
