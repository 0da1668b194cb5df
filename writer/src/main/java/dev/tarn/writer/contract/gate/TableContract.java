package dev.tarn.writer.contract.gate;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.RuleOutcome;
import dev.tarn.writer.contract.check.RowMarks;
import dev.tarn.writer.ingest.RowSelection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** Tests a whole table, as it is, against a contract. Reads the columns that rules look at, and changes nothing. Stateless. */
public final class TableContract {
    /** Rows of one batch: enough for the cost per batch not to matter, little enough to stay in the processor's cache. */
    private static final int BATCH_ROWS = 8_192;

    /** Stops rows of absurd size only. */
    private static final long MAX_BATCH_BYTES = 1L << 30;

    private TableContract() {}

    /**
     * Tests the newest snapshot of a branch; rules are never enforced, so their actions do not matter.
     *
     * @throws TarnException NOT_FOUND if there is no such branch, INVALID if a rule does not fit its column
     */
    public static ContractReport test(Contract contract, Table table, String branch, ContractOptions options) {
        if (!branch.equals(SnapshotRef.MAIN_BRANCH) && !table.refs().containsKey(branch)) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s has no branch '%s'%s"
                            .formatted(
                                    table.name(),
                                    branch,
                                    NearestName.hint(branch, table.refs().keySet())));
        }
        Evaluation evaluation = evaluation(contract, table, branch, options);
        Snapshot snapshot = table.snapshot(branch);
        if (snapshot != null) {
            look(evaluation, table, snapshot.snapshotId(), options);
        }
        return report(evaluation, options);
    }

    /**
     * The same for audits: the broken rules of severity error, for people.
     *
     * @throws TarnException as {@link #test}
     */
    public static List<String> violations(Contract contract, Table table, String branch, ContractOptions options) {
        return test(contract, table, branch, options).violations().stream()
                .map(RuleOutcome::describe)
                .toList();
    }

    private static Evaluation evaluation(Contract contract, Table table, String branch, ContractOptions options) {
        return Evaluation.of(
                contract,
                table,
                table.schema(),
                branch,
                options,
                rule -> RuleAction.FAIL,
                rule -> UniqueTest.Scope.ROWS);
    }

    private static ContractReport report(Evaluation evaluation, ContractOptions options) {
        LoadEnd end = new LoadEnd(options.clock().instant(), OptionalLong.of(evaluation.rowsSeen()));
        return evaluation.report(end, 0);
    }

    private static void look(Evaluation evaluation, Table table, long snapshotId, ContractOptions options) {
        Schema projection = projection(evaluation, table.schema(), options.sampleColumns());
        try (BufferAllocator allocator = new RootAllocator(MAX_BATCH_BYTES);
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(projection), allocator);
                CloseableIterable<Record> records = IcebergGenerics.read(table)
                        .useSnapshot(snapshotId)
                        .project(projection)
                        .build()) {
            RowTransposer transposer = new RowTransposer(projection, batch);
            Iterator<Record> rows = records.iterator();
            while (rows.hasNext()) {
                transposer.begin();
                while (rows.hasNext() && transposer.rows() < BATCH_ROWS) {
                    Record row = rows.next();
                    transposer.add((name, position) -> row.get(position));
                }
                transposer.end();
                RowSelection all = RowSelection.all(batch);
                evaluation.look(batch, all.rows(), all.count(), new EveryRow(all.rows(), all.count()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read table " + table.name(), e);
        }
    }

    /** Whole top-level columns, so that the rows keep their shape; one of them even where no rule looks at any. */
    private static Schema projection(Evaluation evaluation, Schema schema, List<String> samples) {
        List<String> wanted = evaluation.tests().stream()
                .flatMap(test -> test.rule().check().columns().stream())
                .map(column -> schema.findField(column) == null ? "" : column.split("\\.", -1)[0])
                .distinct()
                .toList();
        List<String> columns = schema.columns().stream()
                .map(Types.NestedField::name)
                .filter(name -> wanted.contains(name) || samples.contains(name))
                .toList();
        return schema.select(columns.isEmpty() ? List.of(schema.columns().get(0).name()) : columns);
    }

    /** Holds nothing back. */
    private static final class EveryRow implements Evaluation.Remaining {
        private final int[] rows;
        private final int count;

        EveryRow(int[] rows, int count) {
            this.rows = rows;
            this.count = count;
        }

        @Override
        public void rows(RuleTest test, RowMarks bad) {
            // Bad rows are counted by their tests.
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
}
