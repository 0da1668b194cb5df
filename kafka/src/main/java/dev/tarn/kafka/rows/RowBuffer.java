package dev.tarn.kafka.rows;

import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.ingest.BatchSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Rows of one schema in Arrow batches, written once and read any number of times. Not thread-safe; its maker closes it. */
public final class RowBuffer implements AutoCloseable {
    /** Enough for the cost per batch not to matter, and little where a window has few rows. */
    private static final int BATCH_ROWS = 8_192;

    private final Schema schema;
    private final org.apache.arrow.vector.types.pojo.Schema arrowSchema;
    private final BufferAllocator allocator;
    private final List<VectorSchemaRoot> batches = new ArrayList<>();
    private @Nullable RowTransposer current;
    private long rows;

    /**
     * An empty buffer.
     *
     * @param allocator stays the caller's
     */
    public RowBuffer(Schema schema, BufferAllocator allocator) {
        this.schema = schema;
        this.arrowSchema = ArrowSchemas.toArrow(schema);
        this.allocator = allocator;
    }

    /**
     * Adds a row.
     *
     * @param values one for each column, already of the column's type
     */
    public void add(@Nullable Object[] values) {
        RowTransposer batch = current;
        if (batch == null || batch.rows() == BATCH_ROWS) {
            batch = nextBatch();
        }
        batch.add((name, position) -> values[position]);
        rows++;
    }

    /** Values of a row. */
    public int columns() {
        return schema.columns().size();
    }

    /** Rows added. */
    public long rows() {
        return rows;
    }

    /** The rows from the first one on; no row may be added any more. */
    public BatchSource source() {
        endBatch();
        return new BatchSource() {
            private int next;

            @Override
            public org.apache.arrow.vector.types.pojo.Schema schema() {
                return arrowSchema;
            }

            @Override
            public @Nullable VectorSchemaRoot next() {
                return next < batches.size() ? batches.get(next++) : null;
            }
        };
    }

    @Override
    public void close() {
        batches.forEach(VectorSchemaRoot::close);
        batches.clear();
    }

    private RowTransposer nextBatch() {
        endBatch();
        VectorSchemaRoot root = VectorSchemaRoot.create(arrowSchema, allocator);
        batches.add(root);
        RowTransposer transposer = new RowTransposer(schema, root);
        transposer.begin();
        current = transposer;
        return transposer;
    }

    private void endBatch() {
        if (current != null) {
            current.end();
        }
    }
}
