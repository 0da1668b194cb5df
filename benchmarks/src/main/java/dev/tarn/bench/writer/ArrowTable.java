package dev.tarn.bench.writer;

import dev.tarn.common.Closer;
import dev.tarn.writer.arrow.ArrowSchemas;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.iceberg.Schema;
import org.duckdb.DuckDBResultSet;

/**
 * A table in memory as Arrow batches. Whoever makes it closes it.
 *
 * @param batches all rows
 * @param schema the table that can take them
 */
record ArrowTable(List<VectorSchemaRoot> batches, Schema schema) implements AutoCloseable {
    /** Rows of a batch, as engines send them. */
    private static final int BATCH_ROWS = 65_536;

    static ArrowTable load(Connection duckdb, String name, BufferAllocator allocator) throws SQLException, IOException {
        List<VectorSchemaRoot> batches = new ArrayList<>();
        try (Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM " + name);
                ArrowReader reader =
                        (ArrowReader) rows.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, BATCH_ROWS)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            while (reader.loadNextBatch()) {
                VectorSchemaRoot copy = VectorSchemaRoot.create(root.getSchema(), allocator);
                try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
                    new VectorLoader(copy).load(batch);
                }
                batches.add(copy);
            }
        }
        return new ArrowTable(batches, ArrowSchemas.toIceberg(batches.get(0).getSchema()));
    }

    long rows() {
        return batches.stream().mapToLong(VectorSchemaRoot::getRowCount).sum();
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            batches.forEach(closer::register);
        }
    }
}
