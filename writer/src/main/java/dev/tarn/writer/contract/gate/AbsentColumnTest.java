package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.RowMarks;
import java.util.List;

/** A rule for a column that the table does not have; that it is missing is broken by another rule already. */
final class AbsentColumnTest extends RuleTest {
    private final List<String> absent;

    AbsentColumnTest(Rule rule, List<String> absent) {
        super(rule, RuleAction.FAIL);
        this.absent = absent;
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        return 0;
    }

    @Override
    Finding finding(LoadEnd end) {
        return new Finding(true, false, 1, "the table has no column " + String.join(", ", absent));
    }
}
