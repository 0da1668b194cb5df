package dev.tarn.writer.internal;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.ExtensionTypeVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Readers over one Arrow vector that give values in the unit and width of the Iceberg type of the column. A vector whose
 * type cannot hold the column's values without loss is refused when the reader is made. Readers must not be asked for null
 * positions.
 */
public final class ColumnReaders {
    private ColumnReaders() {}

    /** Whole numbers, dates, times and timestamps as Iceberg counts them. */
    @FunctionalInterface
    public interface LongReader {
        /** The value at a position that is not null. */
        long at(int index);
    }

    /** Floating-point numbers. */
    @FunctionalInterface
    public interface DoubleReader {
        /** The value at a position that is not null. */
        double at(int index);
    }

    /** Text in UTF-8, and bytes. */
    @FunctionalInterface
    public interface BytesReader {
        /** A fresh array with the value at a position that is not null. */
        byte[] at(int index);
    }

    /** Decimals in the scale of the column. */
    @FunctionalInterface
    public interface DecimalReader {
        /** The value at a position that is not null. */
        BigDecimal at(int index);
    }

    /** Any value in Iceberg's internal representation. */
    @FunctionalInterface
    public interface ValueReader {
        /** The value at a position that is not null. */
        Object at(int index);
    }

    /**
     * The vector that holds the values, behind an extension type if there is one.
     *
     * @throws TarnException UNSUPPORTED if it is dictionary-encoded: its numbers are not the values
     */
    public static FieldVector storage(FieldVector vector) {
        if (vector.getField().getDictionary() != null) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Column '%s' is dictionary-encoded in Arrow and comes without its dictionary; decode it before writing"
                            .formatted(vector.getName()));
        }
        return vector instanceof ExtensionTypeVector<?> extension
                ? (FieldVector) extension.getUnderlyingVector()
                : vector;
    }

    /**
     * A reader of internal values for any primitive type, for partitioning and keys.
     *
     * @throws TarnException INVALID if the vector does not fit
     */
    public static ValueReader values(String column, Type type, FieldVector given) {
        FieldVector vector = storage(given);
        return switch (type.typeId()) {
            case BOOLEAN -> booleans(column, vector)::at;
            case INTEGER, DATE -> {
                LongReader reader = longs(column, type, vector);
                yield index -> (int) reader.at(index);
            }
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> longs(column, type, vector)::at;
            case FLOAT -> {
                DoubleReader reader = doubles(column, type, vector);
                yield index -> (float) reader.at(index);
            }
            case DOUBLE -> doubles(column, type, vector)::at;
            case STRING -> {
                BytesReader reader = bytes(column, type, vector);
                yield index -> new String(reader.at(index), StandardCharsets.UTF_8);
            }
            case UUID -> {
                BytesReader reader = bytes(column, type, vector);
                yield index -> {
                    ByteBuffer buffer = ByteBuffer.wrap(reader.at(index));
                    return new UUID(buffer.getLong(), buffer.getLong());
                };
            }
            case FIXED, BINARY, GEOMETRY, GEOGRAPHY -> {
                BytesReader reader = bytes(column, type, vector);
                yield index -> ByteBuffer.wrap(reader.at(index));
            }
            case DECIMAL -> decimals(column, (Types.DecimalType) type, vector)::at;
            default -> throw mismatch(column, type, vector);
        };
    }

    /** A reader of booleans. */
    public static BooleanReader booleans(String column, FieldVector vector) {
        if (vector instanceof BitVector bits) {
            return index -> bits.get(index) != 0;
        }
        throw mismatch(column, Types.BooleanType.get(), vector);
    }

    /** Booleans. */
    @FunctionalInterface
    public interface BooleanReader {
        /** The value at a position that is not null. */
        boolean at(int index);
    }

    /** A reader for integer, date, time and timestamp columns. */
    public static LongReader longs(String column, Type type, FieldVector vector) {
        return switch (type.typeId()) {
            case INTEGER, LONG -> integers(column, type, vector);
            case DATE -> TemporalReaders.dates(column, type, vector);
            case TIME -> TemporalReaders.times(column, type, vector);
            case TIMESTAMP ->
                TemporalReaders.timestamps(
                        column, type, vector, ((Types.TimestampType) type).shouldAdjustToUTC(), TimeUnit.MICROSECOND);
            case TIMESTAMP_NANO ->
                TemporalReaders.timestamps(
                        column,
                        type,
                        vector,
                        ((Types.TimestampNanoType) type).shouldAdjustToUTC(),
                        TimeUnit.NANOSECOND);
            default -> throw mismatch(column, type, vector);
        };
    }

    /** A reader for float and double columns. */
    public static DoubleReader doubles(String column, Type type, FieldVector vector) {
        if (vector instanceof Float4Vector floats) {
            return floats::get;
        }
        if (vector instanceof Float8Vector doubles && type.typeId() == Type.TypeID.DOUBLE) {
            return doubles::get;
        }
        throw mismatch(column, type, vector);
    }

    /** A reader for string, uuid, fixed, binary, geometry and geography columns; the latter two hold WKB. */
    public static BytesReader bytes(String column, Type type, FieldVector vector) {
        return switch (type.typeId()) {
            case STRING -> text(column, type, vector);
            case UUID -> fixed(column, type, vector, 16);
            case FIXED -> fixed(column, type, vector, ((Types.FixedType) type).length());
            case BINARY, GEOMETRY, GEOGRAPHY -> binary(column, type, vector);
            default -> throw mismatch(column, type, vector);
        };
    }

    /**
     * A reader for decimal columns; values of a smaller scale are widened. Arrow does not check that values have the
     * digits that their type says, so each is looked at.
     */
    public static DecimalReader decimals(String column, Types.DecimalType type, FieldVector vector) {
        if (!(vector.getField().getType() instanceof ArrowType.Decimal given) || given.getScale() > type.scale()) {
            throw mismatch(column, type, vector);
        }
        DecimalReader reader =
                vector instanceof Decimal256Vector wide ? wide::getObject : ((DecimalVector) vector)::getObject;
        BigInteger limit = BigInteger.TEN.pow(type.precision());
        return index -> {
            BigDecimal value = reader.at(index).setScale(type.scale(), RoundingMode.UNNECESSARY);
            if (value.unscaledValue().abs().compareTo(limit) >= 0) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' expects %s but the batch holds a value with more digits; correct the value or widen the column"
                                .formatted(column, type));
            }
            return value;
        };
    }

    /** Says that a vector does not fit its column. */
    public static TarnException mismatch(String column, Type type, FieldVector vector) {
        return new TarnException(
                ErrorKind.INVALID,
                "Column '%s' has type %s but the batch holds the Arrow type %s; cast it before writing"
                        .formatted(column, type, vector.getField().getType()));
    }

    private static LongReader integers(String column, Type type, FieldVector vector) {
        int limit = type.typeId() == Type.TypeID.INTEGER ? 32 : 64;
        if (vector.getField().getType() instanceof ArrowType.Int given
                && !(vector instanceof UInt8Vector)
                && given.getBitWidth() + (given.getIsSigned() ? 0 : 1) <= limit) {
            return ((BaseIntVector) vector)::getValueAsLong;
        }
        throw mismatch(column, type, vector);
    }

    private static BytesReader text(String column, Type type, FieldVector vector) {
        BytesReader reader = textUnchecked(column, type, vector);
        return index -> {
            byte[] bytes = reader.at(index);
            if (!Utf8.isValid(bytes, 0, bytes.length)) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' expects text but the batch holds bytes that are not UTF-8; correct them or use a binary column"
                                .formatted(column));
            }
            return bytes;
        };
    }

    private static BytesReader textUnchecked(String column, Type type, FieldVector vector) {
        if (vector instanceof VarCharVector text) {
            return text::get;
        }
        if (vector instanceof LargeVarCharVector text) {
            return text::get;
        }
        if (vector instanceof ViewVarCharVector text) {
            return text::get;
        }
        throw mismatch(column, type, vector);
    }

    private static BytesReader binary(String column, Type type, FieldVector vector) {
        if (vector instanceof VarBinaryVector bytes) {
            return bytes::get;
        }
        if (vector instanceof LargeVarBinaryVector bytes) {
            return bytes::get;
        }
        if (vector instanceof ViewVarBinaryVector bytes) {
            return bytes::get;
        }
        if (vector instanceof FixedSizeBinaryVector bytes) {
            return bytes::get;
        }
        throw mismatch(column, type, vector);
    }

    private static BytesReader fixed(String column, Type type, FieldVector vector, int length) {
        if (vector instanceof FixedSizeBinaryVector bytes && bytes.getByteWidth() == length) {
            return bytes::get;
        }
        if (vector instanceof VarCharVector text && type.typeId() == Type.TypeID.UUID) {
            return index -> uuidBytes(column, new String(text.get(index), StandardCharsets.UTF_8));
        }
        throw mismatch(column, type, vector);
    }

    private static byte[] uuidBytes(String column, String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return ByteBuffer.allocate(16)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array();
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Column '%s' expects a UUID such as 8-4-4-4-12 hex digits".formatted(column), e);
        }
    }
}
