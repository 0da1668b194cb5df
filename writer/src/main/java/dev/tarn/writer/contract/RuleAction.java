package dev.tarn.writer.contract;

import java.util.Locale;
import java.util.Optional;

/** What happens to the rows that break a rule of rows. Rules about whole loads can only fail. */
public enum RuleAction {
    /** The whole load is refused. */
    FAIL,
    /** The row is left out. */
    DROP,
    /** The row goes to the table of rejects instead. */
    QUARANTINE,
    /** The value is replaced by null. */
    NULL_OUT;

    /** The action of a word such as {@code null-out}, whatever its letter case; absent for an unknown word. */
    public static Optional<RuleAction> find(String word) {
        String normal = word.toUpperCase(Locale.ROOT).replace('-', '_');
        for (RuleAction action : values()) {
            if (action.name().equals(normal) || action.name().replace("_", "").equals(normal)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
