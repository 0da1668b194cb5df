package dev.tarn.writer.contract;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rules of one table while its contract is read; gives each an id of its own. Not thread-safe. */
final class RuleList {
    private final List<Rule> rules = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    /** What a rule has besides its check. */
    record Terms(String id, Limit limit, Severity severity, String dimension, Optional<RuleAction> action, int line) {
        static Terms strict(String dimension, Optional<RuleAction> action, int line) {
            return new Terms("", Limit.none(), Severity.ERROR, dimension, action, line);
        }
    }

    void add(Check check, Terms terms) {
        String wanted = terms.id().isEmpty() ? defaultId(check) : terms.id();
        String id = wanted;
        for (int number = 2; !ids.add(id); number++) {
            id = wanted + "#" + number;
        }
        rules.add(
                new Rule(id, check, terms.limit(), terms.severity(), terms.dimension(), terms.action(), terms.line()));
    }

    List<Rule> rules() {
        return List.copyOf(rules);
    }

    private static String defaultId(Check check) {
        return check.columns().isEmpty()
                ? check.kind()
                : "%s(%s)".formatted(check.kind(), String.join(",", check.columns()));
    }
}
