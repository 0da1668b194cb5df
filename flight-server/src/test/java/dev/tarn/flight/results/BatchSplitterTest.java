package dev.tarn.flight.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class BatchSplitterTest {
    private static final Schema SCHEMA = new Schema(
            List.of(Field.nullable("n", new ArrowType.Int(32, true)), Field.nullable("text", ArrowType.Utf8.INSTANCE)));

    @Test
    void largeBatchIsCutIntoPiecesThatHoldEveryRowOnce() {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = batch(1003, allocator);
                VectorSchemaRoot target = VectorSchemaRoot.create(SCHEMA, allocator)) {
            BatchSplitter splitter = new BatchSplitter(target, 4096);
            int step = splitter.rowsPerMessage(batch);
            assertThat(step).isLessThan(500).isPositive();
            List<Integer> numbers = new ArrayList<>();
            for (int first = 0; first < 1003; first += step) {
                splitter.move(batch, first, Math.min(step, 1003 - first));
                for (int i = 0; i < target.getRowCount(); i++) {
                    int n = ((IntVector) target.getVector("n")).get(i);
                    numbers.add(n);
                    VarCharVector text = (VarCharVector) target.getVector("text");
                    if (n % 7 == 0) {
                        assertThat(text.isNull(i)).isTrue();
                    } else {
                        assertThat(text.getObject(i)).hasToString("text " + n);
                    }
                }
            }
            assertThat(numbers).hasSize(1003).doesNotHaveDuplicates();
        }
    }

    @Test
    void smallBatchMovesWhole() {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = batch(10, allocator);
                VectorSchemaRoot target = VectorSchemaRoot.create(SCHEMA, allocator)) {
            BatchSplitter splitter = new BatchSplitter(target, 1 << 20);
            assertThat(splitter.rowsPerMessage(batch)).isEqualTo(10);
            long before = allocator.getAllocatedMemory();
            splitter.move(batch, 0, 10);

            assertThat(allocator.getAllocatedMemory()).isEqualTo(before);
            assertThat(target.getRowCount()).isEqualTo(10);
            assertThat(((IntVector) target.getVector("n")).get(9)).isEqualTo(9);
        }
    }

    @Test
    void batchOfAnotherTypeThanPromisedIsRefused() {
        Schema other = new Schema(List.of(
                Field.nullable("n", new ArrowType.Int(64, true)), Field.nullable("text", ArrowType.Utf8.INSTANCE)));
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = batch(10, allocator);
                VectorSchemaRoot target = VectorSchemaRoot.create(other, allocator)) {
            assertThatThrownBy(() -> new BatchSplitter(target, 1 << 20).move(batch, 0, 10))
                    .isInstanceOf(TarnException.class)
                    .hasMessageContaining("for column 'n' but delivered");
        }
    }

    private static VectorSchemaRoot batch(int rows, BufferAllocator allocator) {
        VectorSchemaRoot batch = VectorSchemaRoot.create(SCHEMA, allocator);
        for (int i = 0; i < rows; i++) {
            ((IntVector) batch.getVector("n")).setSafe(i, i);
            if (i % 7 != 0) {
                ((VarCharVector) batch.getVector("text")).setSafe(i, ("text " + i).getBytes(StandardCharsets.UTF_8));
            }
        }
        batch.setRowCount(rows);
        return batch;
    }
}
