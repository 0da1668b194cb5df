package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.RuleOutcome;
import dev.tarn.writer.contract.Severity;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.RowMarks;
import java.util.ArrayList;
import java.util.List;

/** One rule while rows go by. Confined to one thread. */
abstract class RuleTest {
    private final Rule rule;
    private final RuleAction action;
    private final List<String> samples = new ArrayList<>();
    private long violations;
    private long checked;

    RuleTest(Rule rule, RuleAction action) {
        this.rule = rule;
        this.action = action;
    }

    /** What a test found in the end. */
    record Finding(boolean isChecked, boolean isKept, long violations, String text) {
        static Finding kept(String text) {
            return new Finding(true, true, 0, text);
        }

        static Finding broken(String text) {
            return new Finding(true, false, 1, text);
        }

        static Finding notChecked(String reason) {
            return new Finding(false, true, 0, reason);
        }
    }

    final Rule rule() {
        return rule;
    }

    final RuleAction action() {
        return action;
    }

    final long violations() {
        return violations;
    }

    final long checked() {
        return checked;
    }

    final void count(int bad, int of) {
        violations += bad;
        checked += of;
    }

    final List<String> samples() {
        return samples;
    }

    /** Whether the test wants the rows that others have held back already as well. */
    boolean seesEveryRow() {
        return false;
    }

    /**
     * Looks at rows, and marks those that break the rule if single rows can.
     *
     * @return how many were marked
     */
    abstract int look(BatchColumns batch, int[] rows, int count, RowMarks marks);

    /** What was found, once all rows went by. */
    abstract Finding finding(LoadEnd end);

    final RuleOutcome outcome(LoadEnd end) {
        Finding finding = finding(end);
        RuleOutcome.Status status = RuleOutcome.Status.NOT_CHECKED;
        if (finding.isChecked()) {
            RuleOutcome.Status broken =
                    rule.severity() == Severity.ERROR ? RuleOutcome.Status.VIOLATED : RuleOutcome.Status.WARNED;
            status = finding.isKept() ? RuleOutcome.Status.PASSED : broken;
        }
        return new RuleOutcome(rule, status, action, finding.violations(), checked, finding.text(), samples);
    }

    /** Counted rows against the limit of the rule. */
    final Finding byLimit() {
        String text = "%d of %d rows".formatted(violations, checked);
        boolean strict = rule.limit().toleratesNothing();
        if (strict && rule.judgesRows() && action != RuleAction.FAIL) {
            String done =
                    switch (action) {
                        case DROP -> "left out";
                        case QUARANTINE -> "put aside";
                        case NULL_OUT -> "set to null";
                        case FAIL -> "";
                    };
            return new Finding(true, true, violations, violations == 0 ? text : text + " " + done);
        }
        boolean kept = rule.limit().acceptsRows(violations, checked);
        String allowed = strict ? "" : ", allowed " + rule.limit().describe();
        return new Finding(true, kept, violations, text + allowed);
    }
}
