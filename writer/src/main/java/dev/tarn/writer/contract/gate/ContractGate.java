package dev.tarn.writer.contract.gate;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitCheck;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.contract.ContractViolation;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.Severity;
import dev.tarn.writer.contract.check.RowMarks;
import dev.tarn.writer.ingest.RowSelection;
import dev.tarn.writer.ingest.WriteContext;
import dev.tarn.writer.ingest.WriteGate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Holds the rows of one call to a contract: bad rows are left out, put aside, changed or counted as their rules say, and a
 * load that breaks the contract is refused before its commit, with a report on all of its rows. Once a rule that fails the
 * load is broken no row is let through any more, as none would be committed; the rest is only counted.
 */
final class ContractGate implements WriteGate {
    private final Table table;
    private final WriteContext context;
    private final ContractOptions options;
    private final Evaluation evaluation;
    private final Held held = new Held();
    private final @Nullable Quarantine quarantine;
    private @Nullable NulledBatch nulled;
    private @Nullable ContractReport report;
    private OptionalLong compared = OptionalLong.empty();
    private boolean doomed;
    private long rejected;
    private long admitted;

    private ContractGate(
            Contract contract, Table table, WriteContext context, ContractOptions options, Evaluation evaluation) {
        this.table = table;
        this.context = context;
        this.options = options;
        this.evaluation = evaluation;
        this.quarantine = options.rejects()
                .map(place -> new Quarantine(
                        table,
                        contract,
                        place,
                        context.tokens(),
                        options.clock().instant()))
                .orElse(null);
    }

    static ContractGate open(Contract contract, Table table, WriteContext context, ContractOptions options) {
        Evaluation evaluation = Evaluation.of(
                contract,
                table,
                table.schema(),
                context.branch(),
                options.withoutSql(),
                options::actionOf,
                rule -> scope(rule, context));
        for (RuleTest test : evaluation.tests()) {
            requirePossible(test, table, options);
        }
        ContractGate gate = new ContractGate(contract, table, context, options, evaluation);
        if (evaluation.isBrokenByStructure()) {
            throw new ContractViolation(evaluation.report(gate.end(OptionalLong.empty()), 0));
        }
        return gate;
    }

    private static UniqueTest.Scope scope(Rule rule, WriteContext context) {
        return switch (context.kind()) {
            case APPEND -> UniqueTest.Scope.ROWS_AND_TABLE;
            case OVERWRITE -> UniqueTest.Scope.ROWS;
            case OVERWRITE_PART -> UniqueTest.Scope.ROWS_ONLY;
            case UPSERT ->
                !context.keyColumns().isEmpty() && rule.check().columns().containsAll(context.keyColumns())
                        ? UniqueTest.Scope.KEPT_BY_WRITE
                        : UniqueTest.Scope.ROWS_ONLY;
        };
    }

    private static void requirePossible(RuleTest test, Table table, ContractOptions options) {
        Rule rule = test.rule();
        if (test.action() == RuleAction.QUARANTINE && options.rejects().isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The rule %s puts rows aside but no table of rejects was given; give one or choose another action"
                            .formatted(rule.id()));
        }
        if (test.action() != RuleAction.NULL_OUT) {
            return;
        }
        Types.NestedField field = table.schema().findField(rule.columnText());
        boolean possible = test instanceof RowTest
                && field != null
                && field.isOptional()
                && field.type().isPrimitiveType()
                && table.schema().columns().contains(field);
        if (!possible) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The rule %s sets values to null, which only optional top-level columns of a primitive type allow"
                            .formatted(rule.id()));
        }
    }

    /** Rows of the current batch that are held back, and why. */
    private final class Held implements Evaluation.Remaining {
        private final RowMarks out = new RowMarks();
        private int[] rows = {};
        private int count;
        private int[] given = {};
        private int givenCount;
        private int[] aside = {};
        private int asideCount;
        private String[] ruleOf = {};
        private @Nullable VectorSchemaRoot batch;

        void begin(RowSelection selection) {
            batch = selection.batch();
            given = selection.rows();
            givenCount = selection.count();
            rows = given;
            count = givenCount;
            asideCount = 0;
            out.clear(batch.getRowCount());
        }

        @Override
        public void rows(RuleTest test, RowMarks bad) {
            if (!test.rule().judgesRows()) {
                return;
            }
            switch (test.action()) {
                case FAIL -> doomed = true;
                case NULL_OUT -> nullOut(test, bad);
                case DROP -> hold(bad, null);
                case QUARANTINE -> hold(bad, test.rule().id());
            }
        }

        private void nullOut(RuleTest test, RowMarks bad) {
            NulledBatch copy = nulled;
            if (copy != null) {
                copy.setNull(test.rule().columnText(), given, givenCount, bad);
            }
        }

        private void hold(RowMarks bad, @Nullable String rule) {
            int[] left = new int[count];
            int kept = 0;
            for (int i = 0; i < count; i++) {
                int row = rows[i];
                if (!bad.isSet(row)) {
                    left[kept++] = row;
                    continue;
                }
                out.set(row);
                if (rule != null) {
                    putAside(row, rule);
                }
            }
            rows = left;
            count = kept;
        }

        private void putAside(int row, String rule) {
            int size = batch == null ? 0 : batch.getRowCount();
            if (aside.length < size) {
                aside = new int[size];
                ruleOf = new String[size];
            }
            aside[asideCount++] = row;
            ruleOf[row] = rule;
        }

        @Override
        public int[] rows() {
            return rows;
        }

        @Override
        public int count() {
            return count;
        }
    }

    @Override
    public RowSelection admit(RowSelection selection) {
        closeNulled();
        NulledBatch copy = new NulledBatch(selection.batch());
        nulled = copy;
        held.begin(selection);
        evaluation.look(selection.batch(), selection.rows(), selection.count(), held);
        rejected += selection.count() - held.count();
        Quarantine rejects = quarantine;
        if (doomed) {
            return new RowSelection(selection.batch(), new int[0], 0);
        }
        if (rejects != null) {
            rejects.add(selection.batch(), held.aside, held.asideCount, held.ruleOf);
        }
        admitted += held.count();
        VectorSchemaRoot batch = copy.isChanged() ? copy.root() : selection.batch();
        return new RowSelection(batch, held.rows(), held.count());
    }

    @Override
    public void beforeCommit(List<DataFile> files) {
        Optional<Snapshot> current = Optional.ofNullable(table.snapshot(context.branch()));
        compared =
                current.map(snapshot -> OptionalLong.of(snapshot.snapshotId())).orElse(OptionalLong.empty());
        if (current.isPresent()) {
            TableRows rows = TableRows.of(table, current.get().snapshotId());
            uniqueTests().forEach(test -> test.compare(rows));
        }
        ContractReport verdict = evaluation.report(end(rowsInTable(current)), rejected);
        report = verdict;
        if (!verdict.passed()) {
            throw new ContractViolation(verdict);
        }
        Quarantine rejects = quarantine;
        if (rejects != null) {
            rejects.commit();
        }
    }

    /**
     * Keys that others committed since they were compared break the promise as well. Appends are compared by themselves;
     * after anything else the table is compared as a whole.
     */
    @Override
    public List<CommitCheck> commitChecks() {
        List<UniqueTest> tests = uniqueTests().stream()
                .filter(test -> test.rule().severity() == Severity.ERROR)
                .toList();
        if (tests.isEmpty()) {
            return List.of();
        }
        return List.of(new ConcurrentKeys(table, compared, tests, this::violated));
    }

    private ContractViolation violated() {
        Optional<Snapshot> current = Optional.ofNullable(table.snapshot(context.branch()));
        return new ContractViolation(evaluation.report(end(rowsInTable(current)), rejected));
    }

    private List<UniqueTest> uniqueTests() {
        return evaluation.tests().stream()
                .filter(UniqueTest.class::isInstance)
                .map(UniqueTest.class::cast)
                .filter(UniqueTest::comparesWithTable)
                .toList();
    }

    private OptionalLong rowsInTable(Optional<Snapshot> current) {
        return switch (context.kind()) {
            case OVERWRITE -> OptionalLong.of(admitted);
            case APPEND -> {
                String total = current.map(snapshot -> snapshot.summary().get("total-records"))
                        .orElse(current.isPresent() ? null : "0");
                yield total == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total) + admitted);
            }
            case OVERWRITE_PART, UPSERT -> OptionalLong.empty();
        };
    }

    private LoadEnd end(OptionalLong rowsInTable) {
        return new LoadEnd(options.clock().instant(), rowsInTable);
    }

    @Override
    public Map<String, String> summary() {
        ContractReport verdict = report;
        return verdict == null ? Map.of() : verdict.summary();
    }

    @Override
    public Optional<ContractReport> report() {
        return Optional.ofNullable(report);
    }

    @Override
    public long rejectedRows() {
        return rejected;
    }

    private void closeNulled() {
        NulledBatch copy = nulled;
        if (copy != null) {
            copy.close();
        }
        nulled = null;
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            Quarantine rejects = quarantine;
            if (rejects != null) {
                closer.register(rejects);
            }
            closer.register(this::closeNulled);
        }
    }
}
