package dev.tarn.writer.variant;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
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
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.PhysicalType;
import org.apache.iceberg.variants.VariantValue;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/**
 * A primitive {@code typed_value}.
 *
 * @param type the Iceberg type of its column
 * @param accepted the variants that go into it; whole numbers also if they are narrower than the column, as the
 *     specification allows, decimals only of the column's scale
 */
record TypedPrimitive(Type type, Set<PhysicalType> accepted) {
    private static final Set<PhysicalType> BYTES = EnumSet.of(PhysicalType.INT8);
    private static final Set<PhysicalType> SHORTS = EnumSet.of(PhysicalType.INT8, PhysicalType.INT16);
    private static final Set<PhysicalType> INTS = EnumSet.of(PhysicalType.INT8, PhysicalType.INT16, PhysicalType.INT32);
    private static final Set<PhysicalType> LONGS =
            EnumSet.of(PhysicalType.INT8, PhysicalType.INT16, PhysicalType.INT32, PhysicalType.INT64);
    private static final Set<PhysicalType> DECIMALS =
            EnumSet.of(PhysicalType.DECIMAL4, PhysicalType.DECIMAL8, PhysicalType.DECIMAL16);

    static TypedPrimitive of(PrimitiveType parquet) {
        LogicalTypeAnnotation annotation = parquet.getLogicalTypeAnnotation();
        if (annotation instanceof IntLogicalTypeAnnotation integer) {
            return switch (integer.getBitWidth()) {
                case 8 -> new TypedPrimitive(Types.IntegerType.get(), BYTES);
                case 16 -> new TypedPrimitive(Types.IntegerType.get(), SHORTS);
                case 32 -> new TypedPrimitive(Types.IntegerType.get(), INTS);
                default -> new TypedPrimitive(Types.LongType.get(), LONGS);
            };
        }
        if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
            return new TypedPrimitive(Types.DecimalType.of(decimal.getPrecision(), decimal.getScale()), DECIMALS);
        }
        if (annotation instanceof TimestampLogicalTypeAnnotation stamp) {
            return timestamp(stamp);
        }
        if (annotation instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation) {
            return new TypedPrimitive(Types.StringType.get(), EnumSet.of(PhysicalType.STRING));
        }
        if (annotation instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation) {
            return new TypedPrimitive(Types.DateType.get(), EnumSet.of(PhysicalType.DATE));
        }
        if (annotation instanceof LogicalTypeAnnotation.TimeLogicalTypeAnnotation) {
            return new TypedPrimitive(Types.TimeType.get(), EnumSet.of(PhysicalType.TIME));
        }
        if (annotation instanceof LogicalTypeAnnotation.UUIDLogicalTypeAnnotation) {
            return new TypedPrimitive(Types.UUIDType.get(), EnumSet.of(PhysicalType.UUID));
        }
        return switch (parquet.getPrimitiveTypeName()) {
            case BOOLEAN ->
                new TypedPrimitive(
                        Types.BooleanType.get(), EnumSet.of(PhysicalType.BOOLEAN_TRUE, PhysicalType.BOOLEAN_FALSE));
            case INT32 -> new TypedPrimitive(Types.IntegerType.get(), INTS);
            case INT64 -> new TypedPrimitive(Types.LongType.get(), LONGS);
            case FLOAT -> new TypedPrimitive(Types.FloatType.get(), EnumSet.of(PhysicalType.FLOAT));
            case DOUBLE -> new TypedPrimitive(Types.DoubleType.get(), EnumSet.of(PhysicalType.DOUBLE));
            case BINARY -> new TypedPrimitive(Types.BinaryType.get(), EnumSet.of(PhysicalType.BINARY));
            case FIXED_LEN_BYTE_ARRAY, INT96 -> throw new IllegalStateException("no variant has the type " + parquet);
        };
    }

    private static TypedPrimitive timestamp(TimestampLogicalTypeAnnotation stamp) {
        boolean nanos = stamp.getUnit() == LogicalTypeAnnotation.TimeUnit.NANOS;
        if (stamp.isAdjustedToUTC()) {
            return nanos
                    ? new TypedPrimitive(Types.TimestampNanoType.withZone(), EnumSet.of(PhysicalType.TIMESTAMPTZ_NANOS))
                    : new TypedPrimitive(Types.TimestampType.withZone(), EnumSet.of(PhysicalType.TIMESTAMPTZ));
        }
        return nanos
                ? new TypedPrimitive(Types.TimestampNanoType.withoutZone(), EnumSet.of(PhysicalType.TIMESTAMPNTZ_NANOS))
                : new TypedPrimitive(Types.TimestampType.withoutZone(), EnumSet.of(PhysicalType.TIMESTAMPNTZ));
    }

    /** Writes a value if it is of the type. */
    boolean write(VariantValue variant, FieldVector vector, int index) {
        if (!accepted.contains(variant.type())) {
            return false;
        }
        Object value = variant.asPrimitive().get();
        switch (type.typeId()) {
            case BOOLEAN -> ((BitVector) vector).setSafe(index, ((Boolean) value) ? 1 : 0);
            case INTEGER -> ((IntVector) vector).setSafe(index, ((Number) value).intValue());
            case LONG -> ((BigIntVector) vector).setSafe(index, ((Number) value).longValue());
            case FLOAT -> ((Float4Vector) vector).setSafe(index, (Float) value);
            case DOUBLE -> ((Float8Vector) vector).setSafe(index, (Double) value);
            case DATE -> ((DateDayVector) vector).setSafe(index, ((Number) value).intValue());
            case TIME -> ((TimeMicroVector) vector).setSafe(index, ((Number) value).longValue());
            case TIMESTAMP, TIMESTAMP_NANO -> ((TimeStampVector) vector).setSafe(index, ((Number) value).longValue());
            case STRING -> ((VarCharVector) vector).setSafe(index, ((String) value).getBytes(StandardCharsets.UTF_8));
            case BINARY -> ((VarBinaryVector) vector).setSafe(index, bytes((ByteBuffer) value));
            case UUID -> ((FixedSizeBinaryVector) vector).setSafe(index, bytes((UUID) value));
            case DECIMAL -> {
                return writeDecimal((BigDecimal) value, (DecimalVector) vector, index);
            }
            default -> throw new IllegalStateException("no variant has the type " + type);
        }
        return true;
    }

    private boolean writeDecimal(BigDecimal value, DecimalVector vector, int index) {
        Types.DecimalType decimal = (Types.DecimalType) type;
        if (value.scale() != decimal.scale() || value.precision() > decimal.precision()) {
            return false;
        }
        vector.setSafe(index, value);
        return true;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        ByteBuffer view = buffer.duplicate();
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }

    private static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
