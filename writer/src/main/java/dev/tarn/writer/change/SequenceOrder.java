package dev.tarn.writer.change;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.internal.ColumnReaders;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The values of the sequence column by key number, and which of two changes is older. A null is older than any value.
 * Whole numbers, dates and times take 8 bytes for each key, other values an object. Not thread-safe.
 */
final class SequenceOrder {
    /** What a value of another type takes, roughly: the object and the reference to it. */
    private static final long BYTES_PER_OBJECT = 64;

    private final Table table;
    private final String column;
    private final LongBlocks numbers = new LongBlocks(0);
    private final List<@Nullable Object> objects = new ArrayList<>();
    private final BitSet known = new BitSet();
    private @Nullable Type type;

    /** The sequence column of one batch. */
    interface OfBatch {
        /** Whether the change in a row is older than the newest that was kept for a key. */
        boolean isOlder(int row, int key);

        /** Keeps the value of a row for a key. */
        void keep(int row, int key);
    }

    SequenceOrder(Table table, String column) {
        this.table = table;
        this.column = column;
    }

    /**
     * For the rows of a batch, which has the column.
     *
     * @throws TarnException INVALID if it has not, or as another type than batches before
     */
    OfBatch of(VectorSchemaRoot batch) {
        FieldVector given = batch.getVector(column);
        if (given == null) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The batch lacks the sequence column '%s', which decides among rows with equal keys"
                            .formatted(column));
        }
        Type found = typeOf(given);
        if (type != null && !type.equals(found)) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Sequence column '%s' was %s in earlier batches and is %s now".formatted(column, type, found));
        }
        type = found;
        FieldVector vector = ColumnReaders.storage(given);
        return switch (found.typeId()) {
            case INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> numbers(found, vector);
            default -> objects(found, vector);
        };
    }

    long bytes() {
        return numbers.bytes() + objects.size() * BYTES_PER_OBJECT;
    }

    private Type typeOf(FieldVector vector) {
        Types.NestedField field = table.schema().findField(column);
        Type found = field != null
                ? field.type()
                : ArrowSchemas.toIceberg(new org.apache.arrow.vector.types.pojo.Schema(List.of(vector.getField())))
                        .columns()
                        .get(0)
                        .type();
        if (!found.isPrimitiveType()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' of type %s cannot be a sequence; use a number, time or string"
                            .formatted(column, found));
        }
        return found;
    }

    private OfBatch numbers(Type found, FieldVector vector) {
        ColumnReaders.LongReader reader = ColumnReaders.longs(column, found, vector);
        return new OfBatch() {
            @Override
            public boolean isOlder(int row, int key) {
                return known.get(key) && (vector.isNull(row) || reader.at(row) < numbers.get(key));
            }

            @Override
            public void keep(int row, int key) {
                if (vector.isNull(row)) {
                    known.clear(key);
                } else {
                    known.set(key);
                    numbers.set(key, reader.at(row));
                }
            }
        };
    }

    private OfBatch objects(Type found, FieldVector vector) {
        ColumnReaders.ValueReader reader = ColumnReaders.values(column, found, vector);
        Comparator<Object> order = Comparators.forType(found.asPrimitiveType());
        return new OfBatch() {
            @Override
            public boolean isOlder(int row, int key) {
                Object newest = key < objects.size() ? objects.get(key) : null;
                return newest != null && (vector.isNull(row) || order.compare(reader.at(row), newest) < 0);
            }

            @Override
            public void keep(int row, int key) {
                while (objects.size() <= key) {
                    objects.add(null);
                }
                objects.set(key, vector.isNull(row) ? null : reader.at(row));
            }
        };
    }
}
