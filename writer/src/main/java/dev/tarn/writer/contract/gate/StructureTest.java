package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.RowMarks;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Whether the table has a column, and with which type: decided before any row. */
final class StructureTest extends RuleTest {
    private final Finding finding;

    StructureTest(Rule rule, Schema schema) {
        super(rule, RuleAction.FAIL);
        this.finding = find(rule.check(), schema);
    }

    private static Finding find(Check check, Schema schema) {
        String column = check.columns().get(0);
        Types.NestedField field = schema.findField(column);
        if (check instanceof Check.Typed typed) {
            if (field == null) {
                return Finding.notChecked("the table has no such column");
            }
            String text = "expected %s, found %s".formatted(typed.type().word(), field.type());
            return typed.type().fits(field.type()) ? Finding.kept(text) : Finding.broken(text);
        }
        return field == null ? Finding.broken("the table has no such column") : Finding.kept("present");
    }

    boolean isBroken() {
        return !finding.isKept();
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        return 0;
    }

    @Override
    Finding finding(LoadEnd end) {
        return finding;
    }
}
