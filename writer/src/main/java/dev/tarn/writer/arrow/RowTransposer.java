package dev.tarn.writer.arrow;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.Utf8;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Fills a batch from rows whose values have Iceberg's generic Java types: {@code LocalDate}, {@code LocalTime}, {@code
 * LocalDateTime}, {@code OffsetDateTime}, {@code UUID}, {@code ByteBuffer} or {@code byte[]} (WKB for geometries), {@code
 * BigDecimal}, records or maps for structs, for variants what {@link VariantValues} takes. Whole numbers of any Java type
 * fit if their value does; nothing is rounded or cut off. Not thread-safe; the batch stays the caller's.
 */
public final class RowTransposer {
    private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

    private final List<Types.NestedField> columns;
    private final VectorSchemaRoot batch;
    private int rows;

    /**
     * A transposer into a batch.
     *
     * @param batch made from {@link ArrowSchemas#toArrow} of the same schema
     */
    public RowTransposer(org.apache.iceberg.Schema schema, VectorSchemaRoot batch) {
        this.columns = schema.columns();
        this.batch = batch;
    }

    /** Empties the batch. */
    public void begin() {
        batch.clear();
        batch.allocateNew();
        rows = 0;
    }

    /** Rows added since {@link #begin}. */
    public int rows() {
        return rows;
    }

    /**
     * Appends a row.
     *
     * @param values the value of a column by its name and number, null if there is none
     * @throws TarnException INVALID naming the column and the expected type, if a value does not fit
     */
    public void add(BiFunction<String, Integer, @Nullable Object> values) {
        for (int i = 0; i < columns.size(); i++) {
            Types.NestedField column = columns.get(i);
            set(column.name(), column.type(), batch.getVector(i), rows, values.apply(column.name(), i));
        }
        rows++;
    }

    /** Completes the batch. */
    public void end() {
        batch.setRowCount(rows);
    }

    private static void set(String name, Type type, FieldVector vector, int index, @Nullable Object value) {
        if (value == null) {
            vector.setNull(index);
            return;
        }
        try {
            switch (type.typeId()) {
                case STRUCT -> setStruct(name, type.asStructType(), (StructVector) vector, index, value);
                case LIST -> setList(name, type.asListType(), (ListVector) vector, index, (Collection<?>) value);
                case MAP -> setMap(name, type.asMapType(), (ListVector) vector, index, (Map<?, ?>) value);
                case VARIANT -> VariantValues.set((StructVector) vector, index, VariantValues.of(value));
                default -> setPrimitive(type, vector, index, value);
            }
        } catch (ClassCastException e) {
            throw misfit(name, type, value, "", e);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw misfit(name, type, value, ": " + e.getMessage(), e);
        }
    }

    private static TarnException misfit(String name, Type type, Object value, String reason, RuntimeException cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "Column '%s' expects %s but a value of Java type %s does not fit%s"
                        .formatted(name, type, value.getClass().getSimpleName(), reason),
                cause);
    }

    private static void setPrimitive(Type type, FieldVector vector, int index, Object value) {
        switch (type.typeId()) {
            case BOOLEAN -> ((BitVector) vector).setSafe(index, ((Boolean) value) ? 1 : 0);
            case INTEGER -> ((IntVector) vector).setSafe(index, Math.toIntExact(wholeNumber(value)));
            case LONG -> ((BigIntVector) vector).setSafe(index, wholeNumber(value));
            case FLOAT -> ((Float4Vector) vector).setSafe(index, singlePrecision((Number) value));
            case DOUBLE -> ((Float8Vector) vector).setSafe(index, ((Number) value).doubleValue());
            case DATE -> ((DateDayVector) vector).setSafe(index, Math.toIntExact(((LocalDate) value).toEpochDay()));
            case TIME -> {
                LocalTime time = (LocalTime) value;
                refuseNanos(time.get(ChronoField.NANO_OF_SECOND));
                ((TimeMicroVector) vector).setSafe(index, time.toNanoOfDay() / 1_000);
            }
            case TIMESTAMP -> {
                LocalDateTime stamp = utc(type, value);
                refuseNanos(stamp.get(ChronoField.NANO_OF_SECOND));
                ((TimeStampVector) vector).setSafe(index, ChronoUnit.MICROS.between(EPOCH, stamp));
            }
            case TIMESTAMP_NANO ->
                ((TimeStampVector) vector).setSafe(index, ChronoUnit.NANOS.between(EPOCH, utc(type, value)));
            case STRING -> ((VarCharVector) vector).setSafe(index, Utf8.encode((CharSequence) value));
            case UUID -> ((FixedSizeBinaryVector) vector).setSafe(index, uuidBytes((UUID) value));
            case FIXED ->
                ((FixedSizeBinaryVector) vector).setSafe(index, bytes(value, ((Types.FixedType) type).length()));
            case BINARY, GEOMETRY, GEOGRAPHY -> ((VarBinaryVector) vector).setSafe(index, bytes(value));
            case DECIMAL -> ((DecimalVector) vector).setSafe(index, decimal((Types.DecimalType) type, value));
            case UNKNOWN -> throw new IllegalArgumentException("a column of type unknown holds nothing but nulls");
            default -> throw new IllegalArgumentException("no vector for " + type);
        }
    }

    private static void setStruct(String name, Types.StructType type, StructVector vector, int index, Object value) {
        vector.setIndexDefined(index);
        List<Types.NestedField> fields = type.fields();
        if (value instanceof Map<?, ?> map) {
            refuseUnknownFields(name, type, map);
        }
        for (int i = 0; i < fields.size(); i++) {
            Types.NestedField field = fields.get(i);
            FieldVector child = (FieldVector) vector.getChildByOrdinal(i);
            set(name + "." + field.name(), field.type(), child, index, fieldOf(value, field.name(), i));
        }
    }

    private static void refuseUnknownFields(String name, Types.StructType type, Map<?, ?> map) {
        for (Object key : map.keySet()) {
            if (!(key instanceof String field) || type.field(field) == null) {
                List<String> known =
                        type.fields().stream().map(Types.NestedField::name).toList();
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' has no field '%s'%s".formatted(name, key, NearestName.hint("" + key, known)));
            }
        }
    }

    private static @Nullable Object fieldOf(Object struct, String name, int position) {
        if (struct instanceof Record row) {
            return row.getField(name);
        }
        if (struct instanceof Map<?, ?> map) {
            return map.get(name);
        }
        return ((StructLike) struct).get(position, Object.class);
    }

    private static void setList(
            String name, Types.ListType type, ListVector vector, int index, Collection<?> elements) {
        int start = vector.startNewValue(index);
        int at = start;
        for (Object element : elements) {
            set(name + ".element", type.elementType(), vector.getDataVector(), at++, element);
        }
        vector.endValue(index, at - start);
    }

    private static void setMap(String name, Types.MapType type, ListVector vector, int index, Map<?, ?> entries) {
        int start = vector.startNewValue(index);
        int at = start;
        StructVector entry = (StructVector) vector.getDataVector();
        for (Map.Entry<?, ?> pair : entries.entrySet()) {
            entry.setIndexDefined(at);
            set(name + ".key", type.keyType(), (FieldVector) entry.getChildByOrdinal(0), at, pair.getKey());
            set(name + ".value", type.valueType(), (FieldVector) entry.getChildByOrdinal(1), at, pair.getValue());
            at++;
        }
        vector.endValue(index, at - start);
    }

    private static long wholeNumber(Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        throw new IllegalArgumentException("no whole number");
    }

    private static float singlePrecision(Number value) {
        float single = value.floatValue();
        if (Float.isInfinite(single) && !Double.isInfinite(value.doubleValue())) {
            throw new IllegalArgumentException("it is too large");
        }
        return single;
    }

    private static BigDecimal decimal(Types.DecimalType type, Object value) {
        BigDecimal scaled = ((BigDecimal) value).setScale(type.scale());
        if (scaled.precision() > type.precision()) {
            throw new IllegalArgumentException("it has too many digits");
        }
        return scaled;
    }

    private static void refuseNanos(int nanoOfSecond) {
        if (nanoOfSecond % 1_000 != 0) {
            throw new IllegalArgumentException("it has nanoseconds, which would be lost; round it to microseconds");
        }
    }

    private static LocalDateTime utc(Type type, Object value) {
        boolean zoned = type.typeId() == Type.TypeID.TIMESTAMP
                ? ((Types.TimestampType) type).shouldAdjustToUTC()
                : ((Types.TimestampNanoType) type).shouldAdjustToUTC();
        if (zoned && value instanceof Instant instant) {
            return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        }
        return zoned
                ? ((OffsetDateTime) value).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()
                : (LocalDateTime) value;
    }

    private static byte[] uuidBytes(UUID value) {
        return ByteBuffer.allocate(16)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
    }

    private static byte[] bytes(Object value, int length) {
        byte[] bytes = bytes(value);
        if (bytes.length != length) {
            throw new IllegalArgumentException("it has %d bytes, not %d".formatted(bytes.length, length));
        }
        return bytes;
    }

    private static byte[] bytes(Object value) {
        if (value instanceof byte[] array) {
            return array;
        }
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] array = new byte[buffer.remaining()];
        buffer.get(array);
        return array;
    }
}
