package dev.tarn.writer.contract;

import dev.tarn.common.NearestName;
import dev.tarn.writer.contract.Limit.Operator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the {@code quality} lists of tables and columns: library metrics with their operators, and queries. Not thread-safe. */
final class QualityRules {
    private static final Set<String> METRICS =
            new TreeSet<>(Set.of("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"));

    private static final String[] FOR_PEOPLE = {
        "authoritativeDefinitions", "businessImpact", "description", "method", "schedule", "scheduler", "tags"
    };

    private final RuleList rules;

    QualityRules(RuleList rules) {
        this.rules = rules;
    }

    /** The rules of a list, about one column or, with an empty name, about the table. */
    void addAll(Section owner, String column, Optional<RuleAction> action) {
        for (Section quality : owner.sections("quality")) {
            add(quality, column, action);
            quality.finish();
        }
    }

    private void add(Section quality, String column, Optional<RuleAction> action) {
        quality.ignore(FOR_PEOPLE);
        boolean isMetric = quality.has("metric") || quality.has("rule");
        String type = quality.text("type", quality.has("query") && !isMetric ? "sql" : "library");
        switch (type) {
            case "text" -> quality.ignore("name", "id", "dimension", "severity", "unit", "customProperties");
            case "library" -> addMetric(quality, column, action);
            case "sql" -> addSql(quality, column, action);
            case "custom" -> {
                quality.ignore("name", "id", "dimension", "severity", "unit", "customProperties", "implementation");
                quality.warn(
                        quality.line(),
                        "checks of the engine '%s' are not run; write them as library or sql"
                                .formatted(quality.text("engine", "")));
            }
            default ->
                quality.error(
                        quality.lineOf("type"),
                        "the key 'type' must be text, library, sql or custom but was '%s'".formatted(type));
        }
    }

    private void addMetric(Section quality, String column, Optional<RuleAction> action) {
        String written = quality.text("metric").or(() -> quality.text("rule")).orElse("");
        String metric = currentName(written);
        Section arguments = quality.section("arguments").orElse(quality);
        List<Check> checks = new ArrayList<>();
        switch (metric) {
            case "nullValues" -> checks.add(new Check.NotNull(column));
            case "missingValues" -> checks.add(new Check.NotMissing(column, arguments.texts("missingValues")));
            case "invalidValues" -> addInvalid(arguments, column, checks);
            case "duplicateValues" -> checks.add(new Check.Unique(uniqueColumns(arguments, column)));
            case "rowCount" -> checks.add(new Check.RowCount());
            default -> {
                quality.ignore("name", "id", "dimension", "severity", "unit", "customProperties");
                List.of(Operator.values()).forEach(operator -> quality.ignore(operator.word()));
                String message = "the metric '%s' is not known and not enforced%s"
                        .formatted(written, NearestName.hint(written, METRICS));
                quality.warn(quality.line(), message);
                return;
            }
        }
        if (arguments != quality) {
            arguments.finish();
        }
        if (column.isEmpty() && !metric.equals("rowCount") && !metric.equals("duplicateValues")) {
            quality.error(quality.line(), "the metric '%s' belongs to a column".formatted(metric));
            return;
        }
        boolean needsLimit = metric.equals("rowCount");
        RuleList.Terms terms = terms(quality, action, needsLimit);
        checks.forEach(check -> {
            if (!check.columns().contains("")) {
                rules.add(check, terms);
            }
        });
    }

    private static void addInvalid(Section arguments, String column, List<Check> checks) {
        List<String> valid = arguments.texts("validValues");
        if (!valid.isEmpty()) {
            checks.add(new Check.OneOf(column, valid));
        }
        arguments.text("pattern").ifPresent(pattern -> {
            Optional<String> fault = Patterns.faultOf(pattern);
            if (fault.isPresent()) {
                arguments.error(arguments.lineOf("pattern"), "the pattern cannot be read: " + fault.get());
            } else {
                checks.add(new Check.Matches(column, pattern));
            }
        });
        if (valid.isEmpty() && !arguments.has("pattern")) {
            arguments.error(arguments.line(), "the metric 'invalidValues' needs 'validValues' or 'pattern'");
        }
    }

    private static List<String> uniqueColumns(Section arguments, String column) {
        if (!column.isEmpty()) {
            return List.of(column);
        }
        List<String> columns = arguments.texts("properties");
        if (columns.isEmpty()) {
            arguments.error(arguments.line(), "the metric 'duplicateValues' of a table needs 'properties'");
            return List.of("");
        }
        return columns;
    }

    private void addSql(Section quality, String column, Optional<RuleAction> action) {
        String query = quality.requiredText("query", "");
        if (!query.isEmpty()) {
            rules.add(
                    new Check.Sql(column.isEmpty() ? List.of() : List.of(column), query), terms(quality, action, true));
        }
    }

    private RuleList.Terms terms(Section quality, Optional<RuleAction> action, boolean needsLimit) {
        String id = quality.text("name").or(() -> quality.text("id")).orElse("");
        quality.ignore("id");
        return new RuleList.Terms(
                id,
                limit(quality, needsLimit),
                severity(quality),
                quality.text("dimension", ""),
                Actions.of(quality).or(() -> action),
                quality.line());
    }

    private static Severity severity(Section quality) {
        String word = quality.text("severity", "error").toLowerCase(Locale.ROOT);
        return switch (word) {
            case "warning", "warn", "info" -> Severity.WARNING;
            default -> Severity.ERROR;
        };
    }

    private static Limit limit(Section quality, boolean needed) {
        Limit.Unit unit = quality.text("unit", "rows").toLowerCase(Locale.ROOT).startsWith("percent")
                        || quality.text("unit", "").equals("%")
                ? Limit.Unit.PERCENT
                : Limit.Unit.ROWS;
        List<Limit> limits = new ArrayList<>();
        for (Operator operator : Operator.values()) {
            if (quality.has(operator.word())) {
                values(quality, operator)
                        .flatMap(values -> make(quality, operator, values, unit))
                        .ifPresent(limits::add);
            }
        }
        if (limits.size() > 1) {
            quality.error(quality.line(), "only one comparison is allowed but %d were found".formatted(limits.size()));
        }
        if (limits.isEmpty() && needed) {
            quality.error(quality.line(), "a comparison is missing, such as 'mustBeGreaterThan'");
        }
        return limits.isEmpty() ? Limit.none() : limits.get(0);
    }

    private static Optional<List<BigDecimal>> values(Section quality, Operator operator) {
        if (!operator.isOfTwoValues()) {
            return quality.number(operator.word()).map(value -> List.of(value, value));
        }
        List<BigDecimal> values = new ArrayList<>();
        for (String text : quality.texts(operator.word())) {
            try {
                values.add(new BigDecimal(text));
            } catch (NumberFormatException e) {
                quality.error(quality.lineOf(operator.word()), "expected a number but found '%s'".formatted(text));
            }
        }
        if (values.size() != 2) {
            quality.error(quality.lineOf(operator.word()), "the key '%s' needs two numbers".formatted(operator.word()));
            return Optional.empty();
        }
        return Optional.of(values);
    }

    private static Optional<Limit> make(Section quality, Operator operator, List<BigDecimal> values, Limit.Unit unit) {
        try {
            return Optional.of(new Limit(operator, values.get(0), values.get(1), unit));
        } catch (IllegalArgumentException e) {
            quality.error(quality.lineOf(operator.word()), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Names that version 3.0 used. */
    private static String currentName(String metric) {
        return switch (metric) {
            case "nullCheck", "nullCount" -> "nullValues";
            case "duplicateCount", "uniqueCheck" -> "duplicateValues";
            case "countCheck", "row_count" -> "rowCount";
            case "validValues" -> "invalidValues";
            default -> metric;
        };
    }
}
