package dev.tarn.writer.contract.gate;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.KeyBounds;
import dev.tarn.writer.contract.check.RowMarks;
import dev.tarn.writer.contract.check.SeenKeys;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.types.Types;

/** Whether keys are distinct among the rows that went by, and whether the table has some of them already. */
final class UniqueTest extends RuleTest {
    private final KeyBounds bounds;
    private final DataSize budget;
    private final Scope scope;
    private final SeenKeys keys;
    private long inTable;

    /** What a rule about distinct keys can be compared with. */
    enum Scope {
        /** The rows that go by are all there are. */
        ROWS,
        /** Those of the table as well. */
        ROWS_AND_TABLE,
        /** Those of the table as well, but nobody knows which of them stay. */
        ROWS_ONLY,
        /** The write itself keeps keys distinct. */
        KEPT_BY_WRITE
    }

    UniqueTest(Rule rule, RuleAction action, Schema schema, DataSize budget, Scope scope) {
        super(rule, action);
        List<String> columns = rule.check().columns();
        List<Types.NestedField> fields = new ArrayList<>();
        columns.forEach(column -> fields.add(schema.findField(column)));
        this.keys = SeenKeys.of(columns, fields);
        this.bounds = new KeyBounds(columns, fields);
        this.budget = budget;
        this.scope = scope;
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        if (scope == Scope.KEPT_BY_WRITE || count == 0) {
            return 0;
        }
        if (scope == Scope.ROWS_AND_TABLE) {
            bounds.add(batch, rows, count);
        }
        int bad = keys.add(batch, rows, count, marks);
        if (keys.bytes() > budget.bytes()) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "The rule %s has seen %d keys, which is all that its budget of %s holds; split the load or raise the budget"
                            .formatted(rule().id(), keys.size(), budget));
        }
        return bad;
    }

    boolean comparesWithTable() {
        return scope == Scope.ROWS_AND_TABLE && keys.size() > 0;
    }

    /** Matches every row that may have one of the keys. */
    Expression filter() {
        return bounds.filter(rule().check().columns());
    }

    /** Compares the keys with rows of the table, of which each that has one counts. */
    void compare(TableRows rows) {
        inTable = 0;
        rows.forEach(rule().check().columns(), filter(), row -> {
            if (keys.contains(row)) {
                inTable++;
            }
        });
    }

    boolean isBrokenByTable() {
        return inTable > 0 && !rule().limit().acceptsRows(violations() + inTable, checked());
    }

    @Override
    Finding finding(LoadEnd end) {
        if (scope == Scope.KEPT_BY_WRITE) {
            return Finding.kept("the keys of the upsert include these columns");
        }
        if (inTable > 0) {
            return new Finding(
                    true,
                    !isBrokenByTable(),
                    violations() + inTable,
                    "%d of %d rows repeat a key, and %d rows of the table have keys of the load"
                            .formatted(violations(), checked(), inTable));
        }
        Finding ofRows = byLimit();
        if (scope == Scope.ROWS_ONLY && ofRows.isKept()) {
            return Finding.notChecked(
                    ofRows.text() + " repeat a key; rows of the table were not compared, as some of them are replaced");
        }
        return ofRows;
    }
}
