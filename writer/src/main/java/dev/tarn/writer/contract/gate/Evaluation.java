package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.contract.ContractTable;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.RuleOutcome;
import dev.tarn.writer.contract.Severity;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.RowChecks;
import dev.tarn.writer.contract.check.RowMarks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/**
 * All rules of a contract while the rows of one load, or of one table, go by. Which rows are marked, and for which rule, is
 * told to a listener; what becomes of them is not decided here. Confined to one thread.
 */
final class Evaluation {
    private final Contract contract;
    private final Table table;
    private final BatchColumns columns;
    private final Samples samples;
    private final List<RuleTest> tests = new ArrayList<>();
    private final RowMarks marks = new RowMarks();
    private long rowsSeen;

    /** Told which rows broke a rule. */
    @FunctionalInterface
    interface Marked {
        /**
         * Some rows broke a rule.
         *
         * @param bad marks among the rows that were looked at; valid during the call
         */
        void rows(RuleTest test, RowMarks bad);
    }

    /** Takes the rows that are left between the two rounds. */
    interface Remaining extends Marked {
        /** Row numbers that no rule has held back. */
        int[] rows();

        /** How many of {@link #rows()} there are. */
        int count();
    }

    private Evaluation(Contract contract, Table table, Schema schema, ContractOptions options) {
        this.contract = contract;
        this.table = table;
        this.columns = new BatchColumns(schema);
        this.samples = new Samples(schema, options);
    }

    /**
     * The rules for a table.
     *
     * @param actions what happens to rows that break a rule by themselves
     * @param scope what rules about distinct keys are compared with
     * @throws dev.tarn.common.TarnException INVALID if the contract has no such table or a rule does not fit its column
     */
    static Evaluation of(
            Contract contract,
            Table table,
            Schema schema,
            String branch,
            ContractOptions options,
            Function<Rule, RuleAction> actions,
            Function<Rule, UniqueTest.Scope> scope) {
        Evaluation evaluation = new Evaluation(contract, table, schema, options);
        ContractTable promised = contract.table(table.name());
        for (Rule rule : promised.rules()) {
            evaluation.tests.add(test(rule, table, schema, branch, options, actions, scope));
        }
        return evaluation;
    }

    private static RuleTest test(
            Rule rule,
            Table table,
            Schema schema,
            String branch,
            ContractOptions options,
            Function<Rule, RuleAction> actions,
            Function<Rule, UniqueTest.Scope> scope) {
        Check check = rule.check();
        if (check instanceof Check.Present || check instanceof Check.Typed) {
            return new StructureTest(rule, schema);
        }
        List<String> absent = check.columns().stream()
                .filter(column -> schema.findField(column) == null)
                .toList();
        if (!absent.isEmpty()) {
            return new AbsentColumnTest(rule, absent);
        }
        if (check instanceof Check.OfRow ofRow) {
            RuleAction action = rule.judgesRows() ? actions.apply(rule) : RuleAction.FAIL;
            return new RowTest(rule, action, RowChecks.of(ofRow, schema));
        }
        if (check instanceof Check.Unique) {
            RuleAction action = rule.judgesRows() ? actions.apply(rule) : RuleAction.FAIL;
            return new UniqueTest(rule, action, schema, options.keyBudget(), scope.apply(rule));
        }
        if (check instanceof Check.Fresh || check instanceof Check.Retained) {
            return new AgeTest(rule, schema);
        }
        if (check instanceof Check.ForeignKey) {
            return new ForeignKeyTest(rule, schema, options.keyBudget(), options.lookup());
        }
        if (check instanceof Check.RowCount) {
            return new RowCountTest(rule);
        }
        return new SqlTest(rule, table, branch, options.sql());
    }

    List<RuleTest> tests() {
        return tests;
    }

    long rowsSeen() {
        return rowsSeen;
    }

    /** Whether the table itself breaks the contract, so that no load can keep it. */
    boolean isBrokenByStructure() {
        return tests.stream()
                .anyMatch(test -> test instanceof StructureTest structure
                        && structure.isBroken()
                        && test.rule().severity() == Severity.ERROR);
    }

    /** Shows some rows of a batch to every rule: first to those of single rows, then what is left to the others. */
    void look(VectorSchemaRoot batch, int[] rows, int count, Remaining remaining) {
        columns.moveTo(batch);
        rowsSeen += count;
        for (RuleTest test : tests) {
            if (test.seesEveryRow()) {
                look(test, batch, rows, count, remaining);
            }
        }
        for (RuleTest test : tests) {
            if (!test.seesEveryRow()) {
                look(test, batch, remaining.rows(), remaining.count(), remaining);
            }
        }
    }

    private void look(RuleTest test, VectorSchemaRoot batch, int[] rows, int count, Marked marked) {
        marks.clear(batch.getRowCount());
        int bad = test.look(columns, rows, count, marks);
        test.count(bad, count);
        if (bad > 0) {
            samples.take(test, batch, rows, count, marks);
            marked.rows(test, marks);
        }
    }

    ContractReport report(LoadEnd end, long rejected) {
        List<RuleOutcome> outcomes =
                tests.stream().map(test -> test.outcome(end)).toList();
        return new ContractReport(
                contract.id(),
                contract.version(),
                contract.hash(),
                table.name(),
                end.now(),
                rowsSeen,
                rejected,
                outcomes);
    }
}
