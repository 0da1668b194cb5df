package dev.tarn.writer.ingest;

import dev.tarn.common.Closer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/** All gates of one call, in their order. Closing closes them. */
final class WriteGates implements AutoCloseable {
    private final List<WriteGate> gates = new ArrayList<>();

    static WriteGates open(Table table, IngestOptions options) {
        WriteGates opened = new WriteGates();
        try {
            options.gates().forEach(gate -> opened.gates.add(gate.open(table)));
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
