package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.RowMarks;
import java.math.BigDecimal;

/** How many rows the table has after the load. */
final class RowCountTest extends RuleTest {
    RowCountTest(Rule rule) {
        super(rule, RuleAction.FAIL);
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        return 0;
    }

    @Override
    Finding finding(LoadEnd end) {
        if (end.rowsInTable().isEmpty()) {
            return Finding.notChecked("the rows of the table are known only after the write");
        }
        long rows = end.rowsInTable().getAsLong();
        String text = "%d rows, allowed %s".formatted(rows, rule().limit().describe());
        return rule().limit().accepts(BigDecimal.valueOf(rows)) ? Finding.kept(text) : Finding.broken(text);
    }
}
