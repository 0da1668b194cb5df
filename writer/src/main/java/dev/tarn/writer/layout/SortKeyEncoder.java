package dev.tarn.writer.layout;

import dev.tarn.writer.internal.ArrowRow;
import dev.tarn.writer.internal.ColumnReaders;
import dev.tarn.writer.internal.ColumnReaders.BytesReader;
import dev.tarn.writer.internal.ColumnReaders.LongReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Accessor;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortDirection;
import org.apache.iceberg.SortField;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SerializableFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns the sort columns of rows into keys whose unsigned byte order is Iceberg's sort order: text by code point, bytes
 * and uuids unsigned as in the statistics of files, NaN after all numbers, -0.0 before 0.0, nulls where the order puts them
 * whatever the direction. Immutable.
 */
public final class SortKeyEncoder {
    private static final int NULL_FIRST = 0;
    private static final int PRESENT = 1;
    private static final int NULL_LAST = 2;

    /** Wide enough for every decimal of precision 38. */
    private static final int DECIMAL_BYTES = 17;

    private final Schema schema;
    private final List<Column> columns;

    /** One field of the sort order, bound to the schema. */
    private record Column(
            Types.NestedField source,
            Accessor<StructLike> accessor,
            SerializableFunction<Object, Object> transform,
            boolean identity,
            Type type,
            boolean descending,
            boolean nullsFirst) {}

    /** Appends the part of a row's key that one column makes. */
    @FunctionalInterface
    private interface Part {
        void append(int row, SortKeys keys);
    }

    private SortKeyEncoder(Schema schema, List<Column> columns) {
        this.schema = schema;
        this.columns = List.copyOf(columns);
    }

    /**
     * An encoder for a sort order, which is empty if the order has no fields, or one with a transform or a type that this
     * version cannot order by: rows may then be written as they come.
     */
    public static Optional<SortKeyEncoder> of(Schema tableSchema, SortOrder order) {
        List<Column> columns = new ArrayList<>();
        // Only the sort columns, so that columns that cannot be read one value at a time do no harm.
        Schema schema = TypeUtil.select(
                tableSchema, order.fields().stream().map(SortField::sourceId).collect(Collectors.toSet()));
        for (SortField field : order.fields()) {
            Types.NestedField source = schema.findField(field.sourceId());
            Accessor<StructLike> accessor = schema.accessorForField(field.sourceId());
            if (source == null || accessor == null || !field.transform().canTransform(source.type())) {
                return Optional.empty();
            }
            Type result = field.transform().getResultType(source.type());
            if (!result.isPrimitiveType() || !canOrder(result)) {
                return Optional.empty();
            }
            columns.add(new Column(
                    source,
                    accessor,
                    field.<Object, Object>transform().bind(source.type()),
                    field.transform().isIdentity(),
                    result,
                    field.direction() == SortDirection.DESC,
                    field.nullOrder() == NullOrder.NULLS_FIRST));
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(new SortKeyEncoder(schema, columns));
    }

    /**
     * Appends the keys of chosen rows.
     *
     * @param rows row numbers, of which those from {@code from} to before {@code to} are taken
     * @throws dev.tarn.common.TarnException INVALID naming the column, if a vector does not fit
     */
    void encode(VectorSchemaRoot batch, int[] rows, int from, int to, SortKeys keys) {
        List<Part> parts = bind(batch);
        for (int i = from; i < to; i++) {
            for (Part part : parts) {
                part.append(rows[i], keys);
            }
            keys.endKey();
        }
    }

    private List<Part> bind(VectorSchemaRoot batch) {
        ArrowRow row = new ArrowRow(schema.asStruct(), batch);
        List<Part> parts = new ArrayList<>();
        for (Column column : columns) {
            Part direct = column.identity() ? direct(column, batch) : null;
            parts.add(direct != null ? direct : general(column, row));
        }
        return parts;
    }

    /** Whole numbers and bytes of top-level columns without a box for each value; null for all others. */
    private @Nullable Part direct(Column column, VectorSchemaRoot batch) {
        Types.NestedField top = schema.asStruct().field(column.source().fieldId());
        FieldVector given = top == null ? null : batch.getVector(top.name());
        if (top == null || given == null) {
            return null;
        }
        FieldVector vector = ColumnReaders.storage(given);
        String name = top.name();
        switch (column.type().typeId()) {
            case INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
                LongReader reader = ColumnReaders.longs(name, column.type(), vector);
                return nullable(column, vector, (row, keys) -> keys.putLong(reader.at(row) ^ Long.MIN_VALUE));
            }
            case STRING, BINARY -> {
                BytesReader reader = ColumnReaders.bytes(name, column.type(), vector);
                return nullable(column, vector, (row, keys) -> putTerminated(reader.at(row), keys));
            }
            default -> {
                return null;
            }
        }
    }

    private static Part nullable(Column column, FieldVector vector, Part present) {
        return (row, keys) -> {
            if (vector.isNull(row)) {
                keys.putByte(column.nullsFirst() ? NULL_FIRST : NULL_LAST);
                return;
            }
            keys.putByte(PRESENT);
            int start = keys.position();
            present.append(row, keys);
            if (column.descending()) {
                keys.invertFrom(start);
            }
        };
    }

    private static Part general(Column column, ArrowRow view) {
        return (row, keys) -> {
            Object source = column.accessor().get(view.at(row));
            Object value = source == null ? null : column.transform().apply(source);
            if (value == null) {
                keys.putByte(column.nullsFirst() ? NULL_FIRST : NULL_LAST);
                return;
            }
            keys.putByte(PRESENT);
            int start = keys.position();
            put(column.type(), value, keys);
            if (column.descending()) {
                keys.invertFrom(start);
            }
        };
    }

    private static boolean canOrder(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN,
                    INTEGER,
                    LONG,
                    FLOAT,
                    DOUBLE,
                    DATE,
                    TIME,
                    TIMESTAMP,
                    TIMESTAMP_NANO,
                    STRING,
                    UUID,
                    FIXED,
                    BINARY,
                    DECIMAL -> true;
            default -> false;
        };
    }

    private static void put(Type type, Object value, SortKeys keys) {
        switch (type.typeId()) {
            case BOOLEAN -> keys.putByte((Boolean) value ? 1 : 0);
            case INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO ->
                keys.putLong(((Number) value).longValue() ^ Long.MIN_VALUE);
            case FLOAT -> {
                int bits = Float.floatToIntBits((Float) value);
                keys.putInt(bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE);
            }
            case DOUBLE -> {
                long bits = Double.doubleToLongBits((Double) value);
                keys.putLong(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
            }
            case STRING -> putTerminated(value.toString().getBytes(StandardCharsets.UTF_8), keys);
            case UUID -> {
                keys.putLong(((UUID) value).getMostSignificantBits());
                keys.putLong(((UUID) value).getLeastSignificantBits());
            }
            case FIXED, BINARY -> {
                ByteBuffer buffer = ((ByteBuffer) value).duplicate();
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                putTerminated(bytes, keys);
            }
            case DECIMAL -> putDecimal((BigDecimal) value, keys);
            default -> throw new IllegalStateException("Nothing is sorted by " + type);
        }
    }

    /** Zero bytes are escaped, so that a value that begins another one comes first whatever follows in the key. */
    private static void putTerminated(byte[] value, SortKeys keys) {
        int from = 0;
        for (int i = 0; i < value.length; i++) {
            if (value[i] == 0) {
                keys.putBytes(value, from, i + 1);
                keys.putByte(0xff);
                from = i + 1;
            }
        }
        keys.putBytes(value, from, value.length);
        keys.putByte(0);
        keys.putByte(0);
    }

    private static void putDecimal(BigDecimal value, SortKeys keys) {
        byte[] unscaled = value.unscaledValue().toByteArray();
        int fill = value.signum() < 0 ? 0xff : 0;
        for (int i = unscaled.length; i < DECIMAL_BYTES; i++) {
            keys.putByte(i == unscaled.length ? fill ^ 0x80 : fill);
        }
        keys.putBytes(unscaled, 0, unscaled.length);
    }
}
