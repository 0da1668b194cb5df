package dev.tarn.writer.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The columns of waiting rows: those of the batches and, where it is asked for, one more with the origin of each row. */
final class StoredColumns {
    /** Room of a new batch. */
    private static final int FIRST_ROWS = 64;

    private static final RowSink.Origins NO_ORIGINS = row -> 0;

    private final Schema schema;
    private final int given;
    private final boolean tracked;
    private final Optional<SortKeyEncoder> sorter;
    private int[] ascending = new int[0];

    StoredColumns(Schema batches, Optional<SortKeyEncoder> sorter, PartitionStore.Tracking tracking) {
        this.sorter = sorter;
        this.given = batches.getFields().size();
        this.tracked = tracking == PartitionStore.Tracking.ORIGINS;
        this.schema = tracked ? withOrigins(batches) : batches;
    }

    Schema schema() {
        return schema;
    }

    /** Columns of the batches. */
    int given() {
        return given;
    }

    /** All columns. */
    int count() {
        return schema.getFields().size();
    }

    boolean tracked() {
        return tracked;
    }

    Optional<SortKeyEncoder> sorter() {
        return sorter;
    }

    /** An empty batch that takes little memory until it has rows. */
    VectorSchemaRoot newBatch(BufferAllocator allocator) {
        VectorSchemaRoot batch = VectorSchemaRoot.create(schema, allocator);
        batch.getFieldVectors().forEach(vector -> vector.setInitialCapacity(FIRST_ROWS));
        return batch;
    }

    /** Empties a batch and keeps its memory. */
    void reset(VectorSchemaRoot batch) {
        batch.getFieldVectors().forEach(ValueVector::reset);
        batch.setRowCount(0);
    }

    RowSink.Origins origins(VectorSchemaRoot batch) {
        if (!tracked) {
            return NO_ORIGINS;
        }
        BigIntVector origins = (BigIntVector) batch.getVector(given);
        return origins::get;
    }

    /** The numbers from 0 on, at least as many as asked for; shared and not to be changed. */
    int[] ascending(int count) {
        if (ascending.length < count) {
            ascending = new int[count];
            for (int i = 0; i < count; i++) {
                ascending[i] = i;
            }
        }
        return ascending;
    }

    private static Schema withOrigins(Schema batches) {
        List<Field> fields = new ArrayList<>(batches.getFields());
        StringBuilder name = new StringBuilder("origin");
        while (batches.getFields().stream().anyMatch(field -> field.getName().contentEquals(name))) {
            name.append('_');
        }
        fields.add(Field.notNullable(name.toString(), new ArrowType.Int(Long.SIZE, true)));
        return new Schema(fields, batches.getCustomMetadata());
    }
}
