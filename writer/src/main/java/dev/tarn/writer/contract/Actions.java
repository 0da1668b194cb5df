package dev.tarn.writer.contract;

import java.util.Optional;

/** Reads what shall happen to bad rows, which both standards leave to extensions. */
final class Actions {
    /** The name of the extension: a custom property of ODCS, a key of {@code config} in the specification. */
    static final String KEY = "tarnAction";

    private Actions() {}

    /** The action among the custom properties of an ODCS element. */
    static Optional<RuleAction> of(Section element) {
        for (Section property : element.sections("customProperties")) {
            property.ignore("id", "description");
            String name = property.text("property", "");
            if (name.equals(KEY)) {
                return read(property, "value");
            }
            property.ignore("value");
        }
        return Optional.empty();
    }

    /** The action in the {@code config} of an element of the specification. */
    static Optional<RuleAction> ofConfig(Section element) {
        return element.section("config").flatMap(config -> read(config, KEY));
    }

    private static Optional<RuleAction> read(Section at, String key) {
        Optional<String> word = at.text(key);
        Optional<RuleAction> action = word.flatMap(RuleAction::find);
        if (word.isPresent() && action.isEmpty()) {
            at.error(
                    at.lineOf(key),
                    "%s must be fail, drop, quarantine or null-out but was '%s'".formatted(KEY, word.get()));
        }
        return action;
    }
}
