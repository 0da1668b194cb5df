package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.PlainBatches;
import dev.tarn.writer.commit.CommitCheck;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.files.PartitionedFileWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/**
 * The way from batches to uncommitted data files: schema alignment, gates, partitions. For those who commit by themselves.
 * Not thread-safe. Closing without {@link #complete} deletes every file that was written.
 */
public final class BatchFiles implements AutoCloseable {
    private final List<String> required;
    private final PlainBatches plain;
    private final WriteGates gates;
    private final PartitionedFileWriter writer;
    private boolean damaged;

    private BatchFiles(List<String> required, PlainBatches plain, WriteGates gates, PartitionedFileWriter writer) {
        this.required = required;
        this.plain = plain;
        this.gates = gates;
        this.writer = writer;
    }

    /**
     * Opens files of the schema and spec that the table has now, which first evolves if the options say so.
     *
     * @param batches schema of all batches
     * @throws dev.tarn.common.TarnException INVALID if batches and table do not fit
     */
    public static BatchFiles open(
            Table table, IngestOptions options, org.apache.arrow.vector.types.pojo.Schema batches) {
        PlainBatches plain = PlainBatches.withoutDictionaries(batches);
        SchemaAlignment.align(table, plain.schema(), options);
        WriteGates gates = WriteGates.open(table, options, WriteContext.Kind.APPEND, List.of());
        try {
            List<String> required = table.schema().columns().stream()
                    .filter(Types.NestedField::isRequired)
                    .map(Types.NestedField::name)
                    .toList();
            return new BatchFiles(required, plain, gates, new PartitionedFileWriter(table, options.limits(table)));
        } catch (RuntimeException e) {
            gates.close();
            throw e;
        }
    }

    /**
     * Writes the rows of a batch that the gates admit, and returns how many. The batch stays the caller's.
     *
     * @throws dev.tarn.common.TarnException INVALID if rows do not fit; see {@link #isDamaged}
     */
    public int write(VectorSchemaRoot batch) {
        RowSelection rows = gates.admit(plain.plain(batch));
        refuseNulls(rows);
        damaged = true;
        writer.write(rows.batch(), rows.rows(), rows.count(), PartitionedFileWriter.RowPlacement.NONE);
        damaged = false;
        return rows.count();
    }

    /** What writers mostly get wrong is found before anything is written, so that it does no harm to other batches. */
    private void refuseNulls(RowSelection rows) {
        for (String column : required) {
            FieldVector vector = rows.batch().getVector(column);
            if (vector == null || vector.getNullCount() == 0) {
                continue;
            }
            for (int i = 0; i < rows.count(); i++) {
                if (vector.isNull(rows.rows()[i])) {
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "Column '%s' is required but row %d of the batch has null"
                                    .formatted(column, rows.rows()[i]));
                }
            }
        }
    }

    /** Whether a write failed half-way, so that the files may hold some rows of a batch that was refused. */
    public boolean isDamaged() {
        return damaged;
    }

    /** Finishes all files, shows them to the gates and returns them; from then on they are the caller's. */
    public List<DataFile> complete() {
        List<DataFile> files = writer.complete();
        gates.beforeCommit(files);
        return files;
    }

    /** What the gates put into the summary of the snapshot, after {@link #complete}. */
    public Map<String, String> summary() {
        return gates.summary();
    }

    /** What the gates look at inside the commit, after {@link #complete}. */
    public List<CommitCheck> commitChecks() {
        return gates.commitChecks();
    }

    /** How the rows kept the contract of the table, after {@link #complete}; absent without one. */
    public Optional<ContractReport> report() {
        return gates.report();
    }

    /** Rows that the gates held back so far. */
    public long rejectedRows() {
        return gates.rejectedRows();
    }

    /** Deletes every file that was written and returns those that could not be deleted. */
    public List<String> abort() {
        return writer.abort();
    }

    @Override
    public void close() {
        try (plain;
                gates) {
            writer.close();
        }
    }
}
