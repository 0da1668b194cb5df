package dev.tarn.writer.stats;

import dev.tarn.writer.internal.ColumnReaders;
import dev.tarn.writer.internal.ColumnReaders.BytesReader;
import dev.tarn.writer.internal.ColumnReaders.DecimalReader;
import dev.tarn.writer.internal.ColumnReaders.DoubleReader;
import dev.tarn.writer.internal.ColumnReaders.LongReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Sketches of the distinct values of a table's top-level columns, filled by the rows that are written. Columns of type
 * unknown, variant, geometry and geography and nested columns have none. Not thread-safe.
 */
public final class ColumnSketches {
    /** Each sketch takes up to 128 KiB; planners have no use for more columns. */
    private static final int MAX_COLUMNS = 100;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Map<Types.NestedField, ThetaSketch> sketches = new LinkedHashMap<>();
    private final byte[] fixedWidth = new byte[Long.BYTES];

    /** Empty sketches of the first hundred columns that can have one. */
    public ColumnSketches(Schema schema) {
        for (Types.NestedField column : schema.columns()) {
            if (canBeSketched(column.type()) && sketches.size() < MAX_COLUMNS) {
                sketches.put(column, new ThetaSketch());
            }
        }
    }

    /**
     * Counts the values of some rows; columns that the batch lacks are passed over.
     *
     * @param rows row numbers, of which the first {@code count} are taken
     * @throws dev.tarn.common.TarnException INVALID naming the column, if a vector does not fit
     */
    public void observe(VectorSchemaRoot batch, int[] rows, int count) {
        sketches.forEach((column, sketch) -> {
            FieldVector vector = batch.getVector(column.name());
            if (vector != null) {
                observe(column, ColumnReaders.storage(vector), rows, count, sketch);
            }
        });
    }

    /** The sketches by field id. */
    Map<Integer, ThetaSketch> byFieldId() {
        Map<Integer, ThetaSketch> byId = new LinkedHashMap<>();
        sketches.forEach((column, sketch) -> byId.put(column.fieldId(), sketch));
        return byId;
    }

    private void observe(Types.NestedField column, FieldVector vector, int[] rows, int count, ThetaSketch sketch) {
        Update update = update(column.name(), column.type(), vector, sketch);
        for (int i = 0; i < count; i++) {
            if (!vector.isNull(rows[i])) {
                update.at(rows[i]);
            }
        }
    }

    private interface Update {
        void at(int row);
    }

    private Update update(String column, Type type, FieldVector vector, ThetaSketch sketch) {
        return switch (type.typeId()) {
            case BOOLEAN -> {
                ColumnReaders.BooleanReader reader = ColumnReaders.booleans(column, vector);
                yield row -> {
                    fixedWidth[0] = (byte) (reader.at(row) ? 1 : 0);
                    sketch.update(fixedWidth, 1);
                };
            }
            case INTEGER, DATE -> {
                LongReader reader = ColumnReaders.longs(column, type, vector);
                yield row -> addInt(sketch, (int) reader.at(row));
            }
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
                LongReader reader = ColumnReaders.longs(column, type, vector);
                yield row -> addLong(sketch, reader.at(row));
            }
            case FLOAT -> {
                DoubleReader reader = ColumnReaders.doubles(column, type, vector);
                yield row -> addInt(sketch, Float.floatToIntBits((float) reader.at(row)));
            }
            case DOUBLE -> {
                DoubleReader reader = ColumnReaders.doubles(column, type, vector);
                yield row -> addLong(sketch, Double.doubleToLongBits(reader.at(row)));
            }
            case DECIMAL -> {
                DecimalReader reader = ColumnReaders.decimals(column, (Types.DecimalType) type, vector);
                yield row -> add(sketch, reader.at(row).unscaledValue().toByteArray());
            }
            default -> {
                BytesReader reader = ColumnReaders.bytes(column, type, vector);
                yield row -> add(sketch, reader.at(row));
            }
        };
    }

    private void addInt(ThetaSketch sketch, int value) {
        INTS.set(fixedWidth, 0, value);
        sketch.update(fixedWidth, Integer.BYTES);
    }

    private void addLong(ThetaSketch sketch, long value) {
        LONGS.set(fixedWidth, 0, value);
        sketch.update(fixedWidth, Long.BYTES);
    }

    private static void add(ThetaSketch sketch, byte[] value) {
        sketch.update(value, value.length);
    }

    private static boolean canBeSketched(Type type) {
        return type.isPrimitiveType()
                && switch (type.typeId()) {
                    case UNKNOWN, GEOMETRY, GEOGRAPHY -> false;
                    default -> true;
                };
    }
}
