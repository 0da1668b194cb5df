package dev.tarn.writer.contract.check;

import java.util.HashMap;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the batch that is being judged, each decoded at most once however many rules look at it. Confined to one
 * thread; the batch stays its owner's.
 */
public final class BatchColumns {
    private final Schema schema;
    private final Map<String, ColumnView> columns = new HashMap<>();
    private @Nullable VectorSchemaRoot current;

    /** For batches that are written into a schema. */
    public BatchColumns(Schema schema) {
        this.schema = schema;
    }

    /** Moves on to a batch. */
    public void moveTo(VectorSchemaRoot batch) {
        columns.values().forEach(column -> column.moveTo(batch));
        current = batch;
    }

    /** The column of a path from the top, with dots between structs. */
    public ColumnView column(String path) {
        return columns.computeIfAbsent(path, absent -> {
            ColumnView view = new ColumnView(schema, path);
            if (current != null) {
                view.moveTo(current);
            }
            return view;
        });
    }
}
