package dev.tarn.writer.ingest;

import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import dev.tarn.writer.internal.ColumnReaders.ValueReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Locale;
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
import org.apache.arrow.vector.util.Text;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Copies single values of one vector into a vector of a column's own type, where they convert without loss: whole numbers
 * that are in range, decimals of the right scale, text that reads as the type. Confined to one thread.
 */
final class ValueConversion {
    private final Type type;
    private final FieldVector source;
    private final FieldVector target;
    private final @Nullable ValueReader reader;

    /**
     * A conversion.
     *
     * @param target of the Arrow type that the column's type has
     */
    ValueConversion(String column, Type type, FieldVector source, FieldVector target) {
        this.type = type;
        this.source = ColumnReaders.storage(source);
        this.target = target;
        this.reader = reader(column, type, source);
    }

    /** Copies one value that is not null, to the same row; false if it does not convert. */
    boolean copy(int row) {
        Object value = read(row);
        if (value == null) {
            return false;
        }
        set(row, value);
        return true;
    }

    private static @Nullable ValueReader reader(String column, Type type, FieldVector source) {
        try {
            return ColumnReaders.values(column, type, source);
        } catch (TarnException e) {
            // The whole vector is of another kind; single values of it may still convert.
            return null;
        }
    }

    private @Nullable Object read(int row) {
        if (reader != null) {
            try {
                return reader.at(row);
            } catch (TarnException e) {
                return null;
            }
        }
        try {
            Object value = source.getObject(row);
            return value instanceof Text || value instanceof CharSequence
                    ? fromText(value.toString().strip())
                    : fromValue(value);
        } catch (ArithmeticException | IllegalArgumentException | DateTimeException | UnsupportedOperationException e) {
            return null;
        }
    }

    private @Nullable Object fromText(String text) {
        return switch (type.typeId()) {
            case BOOLEAN ->
                switch (text.toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> null;
                };
            case INTEGER -> Integer.valueOf(text);
            case LONG -> Long.valueOf(text);
            case FLOAT -> Float.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case DECIMAL -> decimal(new BigDecimal(text));
            case STRING -> text;
            case DATE, TIME, TIMESTAMP, UUID -> {
                Literal<Object> literal = Literal.of(text).to(type);
                yield literal == null ? null : literal.value();
            }
            default -> null;
        };
    }

    private @Nullable Object fromValue(Object value) {
        return switch (type.typeId()) {
            case INTEGER -> value instanceof Number number ? exact(number).intValueExact() : null;
            case LONG -> value instanceof Number number ? exact(number).longValueExact() : null;
            case FLOAT -> value instanceof Number number ? finite(number, number.floatValue()) : null;
            case DOUBLE -> value instanceof Number number ? number.doubleValue() : null;
            case DECIMAL -> value instanceof Number number ? decimal(exact(number)) : null;
            case STRING -> value instanceof Number || value instanceof Boolean ? value.toString() : null;
            case FIXED ->
                value instanceof byte[] bytes && bytes.length == ((Types.FixedType) type).length()
                        ? ByteBuffer.wrap(bytes)
                        : null;
            default -> null;
        };
    }

    private static BigDecimal exact(Number number) {
        return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
    }

    private static @Nullable Float finite(Number source, float value) {
        return Float.isInfinite(value) && Double.isFinite(source.doubleValue()) ? null : value;
    }

    private @Nullable BigDecimal decimal(BigDecimal value) {
        Types.DecimalType wanted = (Types.DecimalType) type;
        BigDecimal scaled = value.setScale(wanted.scale(), RoundingMode.UNNECESSARY);
        return scaled.precision() > wanted.precision() ? null : scaled;
    }

    private void set(int row, Object value) {
        switch (type.typeId()) {
            case BOOLEAN -> ((BitVector) target).setSafe(row, (Boolean) value ? 1 : 0);
            case INTEGER -> ((IntVector) target).setSafe(row, (Integer) value);
            case DATE -> ((DateDayVector) target).setSafe(row, (Integer) value);
            case LONG -> ((BigIntVector) target).setSafe(row, (Long) value);
            case TIME -> ((TimeMicroVector) target).setSafe(row, (Long) value);
            case TIMESTAMP, TIMESTAMP_NANO -> ((TimeStampVector) target).setSafe(row, (Long) value);
            case FLOAT -> ((Float4Vector) target).setSafe(row, (Float) value);
            case DOUBLE -> ((Float8Vector) target).setSafe(row, (Double) value);
            case STRING ->
                ((VarCharVector) target).setSafe(row, value.toString().getBytes(StandardCharsets.UTF_8));
            case UUID -> ((FixedSizeBinaryVector) target).setSafe(row, bytes((UUID) value));
            case FIXED -> ((FixedSizeBinaryVector) target).setSafe(row, bytes((ByteBuffer) value));
            case BINARY -> ((VarBinaryVector) target).setSafe(row, bytes((ByteBuffer) value));
            case DECIMAL -> ((DecimalVector) target).setSafe(row, (BigDecimal) value);
            default -> throw new IllegalStateException("Values of type " + type + " are not converted");
        }
    }

    private static byte[] bytes(UUID value) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
    }

    private static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        return bytes;
    }
}
