package dev.tarn.writer.ingest;

import dev.tarn.common.Closer;
import dev.tarn.writer.commit.CommitCheck;
import dev.tarn.writer.contract.ContractReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/** All gates of one call, in their order. Closing closes them. */
final class WriteGates implements AutoCloseable {
    private final List<WriteGate> gates = new ArrayList<>();

    /** For a call that takes rows out of the table which nobody knows before its commit. */
    static WriteGates open(Table table, IngestOptions options) {
        return open(table, options, WriteContext.Kind.OVERWRITE_PART, List.of());
    }

    static WriteGates open(Table table, IngestOptions options, WriteContext.Kind kind, List<String> keyColumns) {
        WriteGates opened = new WriteGates();
        WriteContext context = new WriteContext(
                kind,
                options.branch(),
                keyColumns,
                options.token().map(List::of).orElse(List.of()));
        try {
            if (options.evolution().discards() || options.columnMatching() != ColumnMatching.NAME) {
                opened.gates.add(new SchemaGate(table, options));
            }
            options.gates().forEach(gate -> opened.gates.add(gate.open(table, context)));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    RowSelection admit(VectorSchemaRoot batch) {
        return admit(RowSelection.all(batch));
    }

    RowSelection admit(RowSelection selection) {
        RowSelection rows = selection;
        for (WriteGate gate : gates) {
            rows = gate.admit(rows);
        }
        return rows;
    }

    void beforeCommit(List<DataFile> files) {
        gates.forEach(gate -> gate.beforeCommit(files));
    }

    Map<String, String> summary() {
        Map<String, String> summary = new HashMap<>();
        gates.forEach(gate -> summary.putAll(gate.summary()));
        return summary;
    }

    List<CommitCheck> commitChecks() {
        return gates.stream().flatMap(gate -> gate.commitChecks().stream()).toList();
    }

    /** The report of the first gate that has one: a call is held to one contract. */
    Optional<ContractReport> report() {
        return gates.stream().flatMap(gate -> gate.report().stream()).findFirst();
    }

    long rejectedRows() {
        return gates.stream().mapToLong(WriteGate::rejectedRows).sum();
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            gates.forEach(closer::register);
        }
    }
}
