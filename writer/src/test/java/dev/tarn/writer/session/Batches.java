package dev.tarn.writer.session;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.ProducerToken;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/** Batches of consecutive ids for the tests of sessions; closing finds leaks. */
final class Batches implements AutoCloseable {
    static final org.apache.iceberg.Schema TABLE = new org.apache.iceberg.Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "part", Types.LongType.get()));

    private static final Schema IDS = new Schema(List.of(
            Field.nullable("id", new ArrowType.Int(64, true)), Field.nullable("part", new ArrowType.Int(64, true))));

    private final BufferAllocator allocator = new RootAllocator();

    /** Ids from {@code from} on; the part is the id modulo 3. */
    VectorSchemaRoot ids(long from, int count) {
        VectorSchemaRoot batch = VectorSchemaRoot.create(IDS, allocator);
        batch.allocateNew();
        for (int i = 0; i < count; i++) {
            ((BigIntVector) batch.getVector("id")).setSafe(i, from + i);
            ((BigIntVector) batch.getVector("part")).setSafe(i, (from + i) % 3);
        }
        batch.setRowCount(count);
        return batch;
    }

    VectorSchemaRoot withNullId() {
        VectorSchemaRoot batch = ids(0, 2);
        ((BigIntVector) batch.getVector("id")).setNull(1);
        return batch;
    }

    VectorSchemaRoot withMoreColumns(long id) {
        Schema more = new Schema(List.of(
                Field.nullable("id", new ArrowType.Int(64, true)),
                Field.nullable("extra", new ArrowType.Int(64, true))));
        VectorSchemaRoot batch = VectorSchemaRoot.create(more, allocator);
        batch.allocateNew();
        ((BigIntVector) batch.getVector("id")).setSafe(0, id);
        ((BigIntVector) batch.getVector("extra")).setSafe(0, 1);
        batch.setRowCount(1);
        return batch;
    }

    static List<ProducerToken> at(String producer, long epoch, long sequence) {
        return List.of(new ProducerToken(producer, epoch, sequence));
    }

    static List<Long> idsIn(Table table) {
        return TestCatalog.rows(table).stream()
                .map(row -> (Long) row.getField("id"))
                .sorted()
                .toList();
    }

    static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    @Override
    public void close() {
        allocator.close();
    }
}
