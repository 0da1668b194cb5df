package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.change.ChangeBatches;
import dev.tarn.writer.change.ChangeOptions;
import dev.tarn.writer.change.ChangeResult;
import dev.tarn.writer.change.KeyedChanges;
import dev.tarn.writer.change.MergeOptions;
import dev.tarn.writer.change.PreparedChanges;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Table;

/** Brings the batches of one call through the gates into keyed changes, and these into the table. Confined to one thread. */
final class Upsert {
    private final Table table;
    private final IngestOptions options;

    Upsert(Table table, IngestOptions options) {
        this.table = table;
        this.options = options;
    }

    IngestReceipt run(BatchSource source, List<String> keyColumns) {
        SchemaAlignment.align(table, source.schema(), options);
        try (WriteGates gates = WriteGates.open(table, options, WriteContext.Kind.UPSERT, keyColumns);
                KeyedChanges changes = new KeyedChanges(table, keyColumns, options.changes(table))) {
            for (VectorSchemaRoot batch = source.next(); batch != null; batch = source.next()) {
                RowSelection rows = gates.admit(batch);
                changes.upsert(rows.batch(), rows.rows(), rows.count());
            }
            return commit(changes, gates);
        }
    }

    IngestReceipt merge(BatchSource source, MergeOptions merge) {
        if (options.evolution().discards() || options.columnMatching() != ColumnMatching.NAME) {
            // Change events have columns beyond those of the table, and deletes hold nothing but keys.
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "A merge of change events takes columns by name and discards nothing; use evolution FREEZE or EVOLVE, not %s, and columns matched by NAME, not %s"
                            .formatted(options.evolution(), options.columnMatching()));
        }
        ChangeOptions how =
                options.changes(table).withSequenceColumn(merge.sequenceColumn().or(options::sequenceColumn));
        try (ChangeBatches batches = new ChangeBatches(table, merge, source.schema())) {
            SchemaAlignment.align(table, batches.tableColumns(), options);
            try (WriteGates gates = WriteGates.open(table, options, WriteContext.Kind.UPSERT, merge.keyColumns());
                    KeyedChanges changes = new KeyedChanges(table, merge.keyColumns(), how)) {
                for (VectorSchemaRoot batch = source.next(); batch != null; batch = source.next()) {
                    BitSet deletes = batches.deletes(batch);
                    if (batches.marksDeletes()) {
                        RowSelection rows = gates.admit(batches.marked(batch, deletes));
                        changes.change(rows.batch(), batch, rows.rows(), rows.count(), new BitSet());
                    } else {
                        change(batch, deletes, gates, changes);
                    }
                }
                return commit(changes, gates);
            }
        }
    }

    /** Only rows that will be written have to pass the gates: a delete holds nothing but its key. */
    private static void change(VectorSchemaRoot batch, BitSet deletes, WriteGates gates, KeyedChanges changes) {
        int[] written = new int[batch.getRowCount()];
        int count = 0;
        for (int row = deletes.nextClearBit(0); row < batch.getRowCount(); row = deletes.nextClearBit(row + 1)) {
            written[count++] = row;
        }
        RowSelection admitted = gates.admit(new RowSelection(batch, written, count));
        BitSet taken = (BitSet) deletes.clone();
        for (int i = 0; i < admitted.count(); i++) {
            taken.set(admitted.rows()[i]);
        }
        int[] rows = taken.stream().toArray();
        changes.change(admitted.batch(), batch, rows, rows.length, deletes);
    }

    private IngestReceipt commit(KeyedChanges changes, WriteGates gates) {
        PreparedChanges prepared = changes.complete();
        try {
            gates.beforeCommit(prepared.dataFiles());
        } catch (RuntimeException e) {
            prepared.abort();
            throw e;
        }
        if (prepared.isEmpty() && options.token().isEmpty()) {
            return IngestReceipt.nothing(gates.rejectedRows()).withContract(gates.report());
        }
        return receipt(prepared.commit(options.request(gates)), gates.rejectedRows())
                .withContract(gates.report());
    }

    static IngestReceipt receipt(ChangeResult result, long rejectedRows) {
        long snapshotId = result.commit().snapshotId();
        if (result.commit().alreadyCommitted()) {
            return IngestReceipt.repeated(snapshotId);
        }
        return new IngestReceipt(
                OptionalLong.of(snapshotId),
                false,
                result.rowsAdded(),
                rejectedRows,
                result.rowsDeleted(),
                result.dataFilesAdded(),
                result.deleteFilesAdded(),
                result.bytesAdded());
    }
}
