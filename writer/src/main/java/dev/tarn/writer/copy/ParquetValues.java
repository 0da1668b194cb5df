package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Puts values of one Parquet column into a vector of the table's type, where that holds every one of them exactly. */
final class ParquetValues {
    private final String column;
    private final Type type;
    private final PrimitiveType given;
    private final PrimitiveTypeName physical;
    private final @Nullable LogicalTypeAnnotation logical;

    private ParquetValues(String column, Type type, PrimitiveType given) {
        this.column = column;
        this.type = type;
        this.given = given;
        this.physical = given.getPrimitiveTypeName();
        this.logical = given.getLogicalTypeAnnotation();
    }

    /** Puts the reader's current value at a place of a vector. */
    @FunctionalInterface
    interface Setter {
        /**
         * Sets a value.
         *
         * @throws UnfitValueException if the value is outside of what the column takes
         */
        void set(ColumnReader reader, int slot);
    }

    /**
     * A setter for one column.
     *
     * @throws TarnException INVALID if the types do not go together
     */
    static Setter setter(String column, Type type, PrimitiveType given, FieldVector vector) {
        return new ParquetValues(column, type, given).setter(vector);
    }

    private Setter setter(FieldVector vector) {
        return switch (type.typeId()) {
            case BOOLEAN -> {
                require(physical == PrimitiveTypeName.BOOLEAN);
                BitVector bits = (BitVector) vector;
                yield (reader, slot) -> bits.setSafe(slot, reader.getBoolean() ? 1 : 0);
            }
            case INTEGER -> {
                require(physical == PrimitiveTypeName.INT32 && integerBits(32) <= 32);
                IntVector ints = (IntVector) vector;
                yield (reader, slot) -> ints.setSafe(slot, reader.getInteger());
            }
            case LONG -> longs((BigIntVector) vector);
            case FLOAT -> {
                require(physical == PrimitiveTypeName.FLOAT);
                Float4Vector floats = (Float4Vector) vector;
                yield (reader, slot) -> floats.setSafe(slot, reader.getFloat());
            }
            case DOUBLE -> doubles((Float8Vector) vector);
            case DATE -> {
                require(logical instanceof DateLogicalTypeAnnotation);
                DateDayVector days = (DateDayVector) vector;
                yield (reader, slot) -> days.setSafe(slot, reader.getInteger());
            }
            case TIME -> times((TimeMicroVector) vector);
            case TIMESTAMP, TIMESTAMP_NANO -> timestamps((TimeStampVector) vector);
            case STRING -> strings((VarCharVector) vector);
            case UUID -> uuids((FixedSizeBinaryVector) vector);
            case FIXED -> {
                require(physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
                        && (logical == null || logical instanceof UUIDLogicalTypeAnnotation)
                        && given.getTypeLength() == ((Types.FixedType) type).length());
                FixedSizeBinaryVector fixed = (FixedSizeBinaryVector) vector;
                yield (reader, slot) -> fixed.setSafe(slot, reader.getBinary().getBytesUnsafe());
            }
            case BINARY -> {
                require(isBytes() && logical == null);
                VarBinaryVector bytes = (VarBinaryVector) vector;
                yield (reader, slot) -> bytes.setSafe(slot, reader.getBinary().getBytesUnsafe());
            }
            case DECIMAL -> decimals((Types.DecimalType) type, (DecimalVector) vector);
            default -> throw mismatch();
        };
    }

    private Setter longs(BigIntVector vector) {
        if (physical == PrimitiveTypeName.INT32) {
            boolean unsigned = integerBits(32) == 33;
            return (reader, slot) ->
                    vector.setSafe(slot, unsigned ? Integer.toUnsignedLong(reader.getInteger()) : reader.getInteger());
        }
        require(physical == PrimitiveTypeName.INT64 && integerBits(64) <= 64);
        return (reader, slot) -> vector.setSafe(slot, reader.getLong());
    }

    private Setter doubles(Float8Vector vector) {
        if (physical == PrimitiveTypeName.FLOAT) {
            return (reader, slot) -> vector.setSafe(slot, reader.getFloat());
        }
        require(physical == PrimitiveTypeName.DOUBLE);
        return (reader, slot) -> vector.setSafe(slot, reader.getDouble());
    }

    private Setter times(TimeMicroVector vector) {
        if (!(logical instanceof TimeLogicalTypeAnnotation time)) {
            throw mismatch();
        }
        return switch (time.getUnit()) {
            case MILLIS -> (reader, slot) -> vector.setSafe(slot, reader.getInteger() * 1_000L);
            case MICROS -> (reader, slot) -> vector.setSafe(slot, reader.getLong());
            case NANOS -> (reader, slot) -> vector.setSafe(slot, exactMicros(reader.getLong()));
        };
    }

    private Setter timestamps(TimeStampVector vector) {
        boolean nanos = type.typeId() == Type.TypeID.TIMESTAMP_NANO;
        boolean zoned = nanos
                ? ((Types.TimestampNanoType) type).shouldAdjustToUTC()
                : ((Types.TimestampType) type).shouldAdjustToUTC();
        if (physical == PrimitiveTypeName.INT96) {
            require(zoned && !nanos);
            return (reader, slot) -> vector.setSafe(
                    slot,
                    ParquetUtil.extractTimestampInt96(
                            ByteBuffer.wrap(reader.getBinary().getBytes()).order(ByteOrder.LITTLE_ENDIAN)));
        }
        if (!(logical instanceof TimestampLogicalTypeAnnotation stamp) || stamp.isAdjustedToUTC() != zoned) {
            throw mismatch();
        }
        if (stamp.getUnit() == TimeUnit.NANOS) {
            return nanos
                    ? (reader, slot) -> vector.setSafe(slot, reader.getLong())
                    : (reader, slot) -> vector.setSafe(slot, exactMicros(reader.getLong()));
        }
        long factor = (stamp.getUnit() == TimeUnit.MILLIS ? 1_000L : 1L) * (nanos ? 1_000L : 1L);
        return (reader, slot) -> vector.setSafe(slot, multiplied(reader.getLong(), factor));
    }

    private Setter strings(VarCharVector vector) {
        require(physical == PrimitiveTypeName.BINARY
                && (logical instanceof StringLogicalTypeAnnotation
                        || logical instanceof EnumLogicalTypeAnnotation
                        || logical instanceof JsonLogicalTypeAnnotation));
        return (reader, slot) -> {
            byte[] bytes = reader.getBinary().getBytesUnsafe();
            if (!Utf8.isValid(bytes)) {
                throw new UnfitValueException(column, "is not UTF-8");
            }
            vector.setSafe(slot, bytes);
        };
    }

    private Setter uuids(FixedSizeBinaryVector vector) {
        if (physical == PrimitiveTypeName.BINARY && logical instanceof StringLogicalTypeAnnotation) {
            return (reader, slot) ->
                    vector.setSafe(slot, uuid(reader.getBinary().getBytesUnsafe()));
        }
        require(physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
                && given.getTypeLength() == 16
                && logical instanceof UUIDLogicalTypeAnnotation);
        return (reader, slot) -> vector.setSafe(slot, reader.getBinary().getBytesUnsafe());
    }

    private Setter decimals(Types.DecimalType wanted, DecimalVector vector) {
        if (!(logical instanceof DecimalLogicalTypeAnnotation decimal)
                || decimal.getScale() > wanted.scale()
                || decimal.getPrecision() - decimal.getScale() > wanted.precision() - wanted.scale()) {
            throw mismatch();
        }
        int scale = decimal.getScale();
        return (reader, slot) -> {
            BigDecimal value =
                    switch (physical) {
                        case INT32 -> BigDecimal.valueOf(reader.getInteger(), scale);
                        case INT64 -> BigDecimal.valueOf(reader.getLong(), scale);
                        default ->
                            new BigDecimal(new BigInteger(reader.getBinary().getBytesUnsafe()), scale);
                    };
            BigDecimal scaled = value.setScale(wanted.scale(), RoundingMode.UNNECESSARY);
            if (scaled.precision() > wanted.precision()) {
                throw new UnfitValueException(column, ColumnValues.expectation(wanted));
            }
            vector.setSafe(slot, scaled);
        };
    }

    private byte[] uuid(byte[] text) {
        try {
            UUID uuid = UUID.fromString(new String(text, StandardCharsets.US_ASCII));
            return ByteBuffer.allocate(16)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array();
        } catch (IllegalArgumentException e) {
            throw new UnfitValueException(column, ColumnValues.expectation(type));
        }
    }

    private long exactMicros(long nanos) {
        if (nanos % 1_000 != 0) {
            throw new UnfitValueException(column, "counts microseconds but the value has nanoseconds");
        }
        return nanos / 1_000;
    }

    private long multiplied(long value, long factor) {
        try {
            return Math.multiplyExact(value, factor);
        } catch (ArithmeticException e) {
            throw new UnfitValueException(
                    column, ColumnValues.expectation(type) + ", but the value is out of its range");
        }
    }

    /** Bits that hold every value as a signed number; more than any column has, if it is no integer. */
    private int integerBits(int width) {
        if (logical == null) {
            return width;
        }
        if (logical instanceof IntLogicalTypeAnnotation integer) {
            return integer.getBitWidth() + (integer.isSigned() ? 0 : 1);
        }
        throw mismatch();
    }

    private boolean isBytes() {
        return physical == PrimitiveTypeName.BINARY || physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
    }

    private void require(boolean holds) {
        if (!holds) {
            throw mismatch();
        }
    }

    private TarnException mismatch() {
        return new TarnException(
                ErrorKind.INVALID, "column '%s' has type %s but the file has %s".formatted(column, type, given));
    }
}
