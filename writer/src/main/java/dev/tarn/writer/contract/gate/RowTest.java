package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.RowCheck;
import dev.tarn.writer.contract.check.RowMarks;

/** A check of rows, counted against the limit of its rule. */
final class RowTest extends RuleTest {
    private final RowCheck check;

    RowTest(Rule rule, RuleAction action, RowCheck check) {
        super(rule, action);
        this.check = check;
    }

    @Override
    boolean seesEveryRow() {
        return true;
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        return check.mark(batch, rows, count, marks);
    }

    @Override
    Finding finding(LoadEnd end) {
        return byLimit();
    }
}
