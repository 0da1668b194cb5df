package dev.tarn.writer.copy;

import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** The one batch of a load, in the table's own types, which the readers of all files fill. Whoever makes it closes it. */
final class TableBatch implements AutoCloseable {
    /** Rows of one batch, as for rows from memory. */
    static final int MAX_ROWS = 8_192;

    /** A batch of large rows ends when it holds this much. */
    static final long FULL_BYTES = 96L << 20;

    /** Batches of all readers together; an Arrow file with larger ones is refused. */
    private static final long MAX_BYTES = 2L << 30;

    private final Schema schema;
    private final BufferAllocator allocator = new RootAllocator(MAX_BYTES);
    private final VectorSchemaRoot root;
    private final VectorSchemaRoot defaults;

    TableBatch(Schema schema) {
        this.schema = schema;
        this.root = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
        this.defaults = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
        RowTransposer transposer = new RowTransposer(schema, defaults);
        transposer.begin();
        transposer.add((name, column) -> JsonValues.defaultOf(columns().get(column)));
        transposer.end();
    }

    Schema schema() {
        return schema;
    }

    List<Types.NestedField> columns() {
        return schema.columns();
    }

    VectorSchemaRoot root() {
        return root;
    }

    BufferAllocator allocator() {
        return allocator;
    }

    /** Fills a column with its default, or with null where it has none. */
    void fillWithDefault(int column, int rows) {
        FieldVector vector = root.getVector(column);
        FieldVector value = defaults.getVector(column);
        vector.clear();
        vector.setInitialCapacity(rows);
        vector.allocateNew();
        if (!value.isNull(0)) {
            for (int i = 0; i < rows; i++) {
                vector.copyFromSafe(0, i, value);
            }
        }
        vector.setValueCount(rows);
    }

    @Override
    public void close() {
        root.close();
        defaults.close();
        allocator.close();
    }
}
