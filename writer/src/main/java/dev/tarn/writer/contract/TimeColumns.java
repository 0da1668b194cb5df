package dev.tarn.writer.contract;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds the column that a rule about ages is for, where contracts name it or leave it to be guessed. */
final class TimeColumns {
    private TimeColumns() {}

    /**
     * Adds a rule about ages to the table that its element names.
     *
     * @param element {@code table.column}, {@code column}, or empty where the only time column is meant
     */
    static void add(
            Section at,
            int line,
            boolean isFreshness,
            Duration age,
            String element,
            List<ContractTable> tables,
            List<RuleList> rules) {
        int dot = element.indexOf('.');
        String first = dot < 0 ? "" : element.substring(0, dot);
        boolean namesTable = tables.stream().anyMatch(table -> table.name().equals(first));
        String column = namesTable ? element.substring(dot + 1) : element;
        boolean found = false;
        for (int i = 0; i < tables.size(); i++) {
            ContractTable table = tables.get(i);
            if (namesTable ? table.name().equals(first) : (column.isEmpty() || hasField(table, column))) {
                Optional<String> chosen = column.isEmpty() ? onlyTimeColumn(table, at, line) : Optional.of(column);
                RuleList list = rules.get(i);
                chosen.ifPresent(name -> list.add(
                        isFreshness ? new Check.Fresh(name, age) : new Check.Retained(name, age),
                        RuleList.Terms.strict("timeliness", Optional.empty(), line)));
                found = true;
            }
        }
        if (!found && !tables.isEmpty()) {
            at.error(line, "no table of the contract has the column '%s'".formatted(element));
        }
    }

    private static boolean hasField(ContractTable table, String column) {
        String first = column.contains(".") ? column.substring(0, column.indexOf('.')) : column;
        return table.fields().stream().anyMatch(field -> field.name().equals(first));
    }

    private static Optional<String> onlyTimeColumn(ContractTable table, Section at, int line) {
        List<ContractField> times = table.fields().stream()
                .filter(field -> field.type().isTemporal())
                .toList();
        if (times.size() == 1) {
            return Optional.of(times.get(0).name());
        }
        at.error(
                line,
                "table %s has %d columns of dates or times; name the one that is meant"
                        .formatted(table.name(), times.size()));
        return Optional.empty();
    }
}
