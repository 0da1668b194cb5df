package dev.tarn.writer.contract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The constraints that both standards write at a column under the same words: range, length, pattern, format, values. Not
 * thread-safe.
 */
final class FieldRules {
    /** Formats of texts that are checked, as patterns; a format that is not here is named as not enforced. */
    private static final Map<String, String> FORMATS = Map.of(
            "uuid", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
            "email", "^[^@ ]+@[^@ ]+[.][^@ .]+$",
            "ipv4", "^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])$",
            "uri", "^[a-zA-Z][a-zA-Z0-9+.-]*:[^ ]+$",
            "date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");

    private final RuleList rules;

    FieldRules(RuleList rules) {
        this.rules = rules;
    }

    /** What every column with a name promises: that it is there and has its type. */
    void addShape(String column, ContractType type, int line) {
        rules.add(new Check.Present(column), RuleList.Terms.strict("conformity", Optional.empty(), line));
        if (type != ContractType.ANY) {
            rules.add(new Check.Typed(column, type), RuleList.Terms.strict("conformity", Optional.empty(), line));
        }
    }

    void addRequired(String column, Optional<RuleAction> action, int line) {
        rules.add(new Check.NotNull(column), RuleList.Terms.strict("completeness", action, line));
    }

    void addUnique(List<String> columns, Optional<RuleAction> action, int line) {
        rules.add(new Check.Unique(columns), RuleList.Terms.strict("uniqueness", action, line));
    }

    /** Reads the constraints of a column from the map that holds them. */
    void addConstraints(String column, ContractType type, Section at, Optional<RuleAction> action) {
        addRange(column, at, action);
        addLength(column, at, action);
        if (at.has("enum")) {
            List<String> values = at.texts("enum");
            if (values.isEmpty()) {
                at.error(at.lineOf("enum"), "the key 'enum' needs at least one value");
            } else {
                add(new Check.OneOf(column, values), action, at.lineOf("enum"));
            }
        }
        at.number("multipleOf").ifPresent(of -> {
            if (of.signum() > 0) {
                add(new Check.MultipleOf(column, of), action, at.lineOf("multipleOf"));
            } else {
                at.error(at.lineOf("multipleOf"), "the key 'multipleOf' must be more than 0 but was " + of);
            }
        });
        at.text("pattern").ifPresent(pattern -> addPattern(column, pattern, at, action));
        at.text("format").ifPresent(format -> addFormat(column, type, format, at, action));
    }

    private void addPattern(String column, String pattern, Section at, Optional<RuleAction> action) {
        Optional<String> fault = Patterns.faultOf(pattern);
        if (fault.isPresent()) {
            at.error(at.lineOf("pattern"), "the pattern cannot be read: " + fault.get());
            return;
        }
        add(new Check.Matches(column, pattern), action, at.lineOf("pattern"));
    }

    private void addFormat(String column, ContractType type, String format, Section at, Optional<RuleAction> action) {
        if (type != ContractType.STRING) {
            // Of numbers it names their width, of dates how another system prints them: the column's type says the
            // same.
            return;
        }
        String pattern = FORMATS.get(format.toLowerCase(Locale.ROOT));
        if (pattern == null) {
            at.warn(at.lineOf("format"), "the format '%s' is not enforced; write a pattern".formatted(format));
            return;
        }
        add(new Check.Matches(column, pattern), action, at.lineOf("format"));
    }

    private void addRange(String column, Section at, Optional<RuleAction> action) {
        List<Bound> low = new ArrayList<>();
        List<Bound> high = new ArrayList<>();
        collect(at, "minimum", "exclusiveMinimum", low);
        collect(at, "maximum", "exclusiveMaximum", high);
        if (low.isEmpty() && high.isEmpty()) {
            return;
        }
        int line = at.lineOf(at.has("minimum") ? "minimum" : at.has("maximum") ? "maximum" : "exclusiveMinimum");
        if (low.size() == 1 && high.size() == 1 && isEmpty(low.get(0), high.get(0))) {
            at.error(
                    line,
                    "no value lies between %s and %s"
                            .formatted(low.get(0).literal(), high.get(0).literal()));
            return;
        }
        for (int i = 0; i < Math.max(low.size(), high.size()); i++) {
            add(new Check.Range(column, at(low, i), at(high, i)), action, line);
        }
    }

    private static void collect(Section at, String plain, String exclusive, List<Bound> bounds) {
        boolean marksPlain = at.node(exclusive)
                .filter(value -> value.kind() == DocumentNode.Kind.BOOLEAN)
                .isPresent();
        boolean isExclusive = marksPlain && at.flag(exclusive);
        at.text(plain).ifPresent(text -> bounds.add(new Bound(text, !isExclusive)));
        if (!marksPlain) {
            at.text(exclusive).ifPresent(text -> bounds.add(Bound.exclusive(text)));
        }
    }

    private static Optional<Bound> at(List<Bound> bounds, int index) {
        return index < bounds.size() ? Optional.of(bounds.get(index)) : Optional.empty();
    }

    private static boolean isEmpty(Bound low, Bound high) {
        try {
            int order = new BigDecimal(low.literal()).compareTo(new BigDecimal(high.literal()));
            return order > 0 || (order == 0 && !(low.inclusive() && high.inclusive()));
        } catch (NumberFormatException e) {
            // Dates: they are compared where the column's type is known.
            return false;
        }
    }

    private void addLength(String column, Section at, Optional<RuleAction> action) {
        if (!at.has("minLength") && !at.has("maxLength")) {
            return;
        }
        int min = at.wholeNumber("minLength").orElse(0);
        int max = at.wholeNumber("maxLength").orElse(Integer.MAX_VALUE);
        int line = at.lineOf(at.has("minLength") ? "minLength" : "maxLength");
        if (min < 0 || max < min) {
            at.error(line, "no text has a length between %d and %d".formatted(min, max));
            return;
        }
        add(new Check.Length(column, min, max), action, line);
    }

    private void add(Check check, Optional<RuleAction> action, int line) {
        rules.add(check, RuleList.Terms.strict("conformity", action, line));
    }
}
