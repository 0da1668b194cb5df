package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.check.RowMarks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * A batch with some values replaced by null. Only the bits that say what is null are copied; values are shared with the batch,
 * which must stay open as long. Whoever makes it closes it.
 */
final class NulledBatch implements AutoCloseable {
    private final VectorSchemaRoot original;
    private final Map<String, FieldVector> changed = new HashMap<>();

    NulledBatch(VectorSchemaRoot original) {
        this.original = original;
    }

    /** Sets the marked rows of a top-level column to null. */
    void setNull(String column, int[] rows, int count, RowMarks marks) {
        FieldVector vector = changed.computeIfAbsent(column, absent -> copy(original.getVector(column)));
        for (int i = 0; i < count; i++) {
            if (marks.isSet(rows[i])) {
                BitVectorHelper.unsetBit(vector.getValidityBuffer(), rows[i]);
            }
        }
    }

    boolean isChanged() {
        return !changed.isEmpty();
    }

    /** The batch with the changed columns; valid until this is closed, and closed with it. */
    VectorSchemaRoot root() {
        List<FieldVector> vectors = original.getFieldVectors().stream()
                .map(vector -> changed.getOrDefault(vector.getName(), vector))
                .toList();
        return new VectorSchemaRoot(
                vectors.stream().map(FieldVector::getField).toList(), vectors, original.getRowCount());
    }

    private static FieldVector copy(FieldVector vector) {
        Field field = vector.getField();
        FieldType type = new FieldType(true, field.getType(), field.getDictionary(), field.getMetadata());
        BufferAllocator allocator = vector.getAllocator();
        FieldVector copy = new Field(field.getName(), type, field.getChildren()).createVector(allocator);
        int rows = vector.getValueCount();
        int bytes = BitVectorHelper.getValidityBufferSize(rows);
        List<ArrowBuf> buffers = new ArrayList<>(vector.getFieldBuffers());
        try (ArrowBuf validity = allocator.buffer(bytes)) {
            validity.setZero(0, bytes);
            for (int row = 0; row < rows; row++) {
                if (!vector.isNull(row)) {
                    BitVectorHelper.setBit(validity, row);
                }
            }
            validity.writerIndex(bytes);
            buffers.set(0, validity);
            copy.loadFieldBuffers(new ArrowFieldNode(rows, vector.getNullCount()), buffers);
        }
        return copy;
    }

    @Override
    public void close() {
        changed.values().forEach(FieldVector::close);
        changed.clear();
    }
}
