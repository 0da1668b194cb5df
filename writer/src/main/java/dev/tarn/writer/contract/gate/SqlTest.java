package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.RowMarks;
import java.math.BigDecimal;
import java.util.Optional;
import org.apache.iceberg.Table;

/** The number that a query gives. Runs on what is committed to a branch, so not for loads that are not. */
final class SqlTest extends RuleTest {
    private final Table table;
    private final String branch;
    private final Optional<SqlRules> sql;

    SqlTest(Rule rule, Table table, String branch, Optional<SqlRules> sql) {
        super(rule, RuleAction.FAIL);
        this.table = table;
        this.branch = branch;
        this.sql = sql;
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        return 0;
    }

    @Override
    Finding finding(LoadEnd end) {
        if (sql.isEmpty()) {
            return Finding.notChecked(
                    "queries run on rows that are committed: stage the load on a branch and test that");
        }
        Check.Sql check = (Check.Sql) rule().check();
        String column = check.columns().isEmpty() ? "" : check.columns().get(0);
        BigDecimal value = sql.get().run(check.query(), column, table, branch);
        String text = "the query gives %s, allowed %s"
                .formatted(value.toPlainString(), rule().limit().describe());
        return rule().limit().accepts(value) ? Finding.kept(text) : Finding.broken(text);
    }
}
