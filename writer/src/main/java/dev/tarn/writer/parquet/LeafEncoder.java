package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import dev.tarn.writer.internal.ColumnReaders.BooleanReader;
import dev.tarn.writer.internal.ColumnReaders.BytesReader;
import dev.tarn.writer.internal.ColumnReaders.DecimalReader;
import dev.tarn.writer.internal.ColumnReaders.DoubleReader;
import dev.tarn.writer.internal.ColumnReaders.LongReader;
import java.math.BigDecimal;
import java.util.Arrays;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Writes one value of a vector, which is not null, as the Parquet type of its column. */
@FunctionalInterface
interface LeafEncoder {
    void write(ColumnWriter out, int index, int repetition, int definition);

    /** An encoder for the values of a vector. */
    static LeafEncoder of(Leaf leaf, FieldVector given) {
        String column = leaf.name();
        Type type = leaf.type();
        FieldVector vector = ColumnReaders.storage(given);
        return switch (type.typeId()) {
            case BOOLEAN -> {
                BooleanReader reader = ColumnReaders.booleans(column, vector);
                yield (out, index, repetition, definition) -> out.write(reader.at(index), repetition, definition);
            }
            case INTEGER, DATE -> {
                LongReader reader = ColumnReaders.longs(column, type, vector);
                yield (out, index, repetition, definition) -> out.write((int) reader.at(index), repetition, definition);
            }
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
                LongReader reader = ColumnReaders.longs(column, type, vector);
                yield (out, index, repetition, definition) -> out.write(reader.at(index), repetition, definition);
            }
            case FLOAT, DOUBLE -> floatingPoint(leaf, ColumnReaders.doubles(column, type, vector));
            case STRING, UUID, FIXED, BINARY, GEOMETRY, GEOGRAPHY -> {
                BytesReader reader = ColumnReaders.bytes(column, type, vector);
                yield (out, index, repetition, definition) ->
                        out.write(Binary.fromConstantByteArray(reader.at(index)), repetition, definition);
            }
            case DECIMAL ->
                decimal((Types.DecimalType) type, ColumnReaders.decimals(column, (Types.DecimalType) type, vector));
            default ->
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "Column '%s' has type %s, which cannot be written column by column yet"
                                .formatted(column, type));
        };
    }

    /** One column of the file: its last name, its type, and its counters if it holds floating-point numbers. */
    record Leaf(String name, Type type, @Nullable FloatingPointMetrics metrics) {}

    private static LeafEncoder floatingPoint(Leaf leaf, DoubleReader reader) {
        FloatingPointMetrics metrics = leaf.metrics();
        if (metrics == null) {
            throw new IllegalStateException("Column " + leaf.name() + " has no counters");
        }
        if (leaf.type().typeId() == Type.TypeID.FLOAT) {
            return (out, index, repetition, definition) -> {
                float value = (float) reader.at(index);
                metrics.add(value);
                out.write(value, repetition, definition);
            };
        }
        return (out, index, repetition, definition) -> {
            double value = reader.at(index);
            metrics.add(value);
            out.write(value, repetition, definition);
        };
    }

    private static LeafEncoder decimal(Types.DecimalType type, DecimalReader reader) {
        if (type.precision() <= 9) {
            return (out, index, repetition, definition) ->
                    out.write(reader.at(index).unscaledValue().intValueExact(), repetition, definition);
        }
        if (type.precision() <= 18) {
            return (out, index, repetition, definition) ->
                    out.write(reader.at(index).unscaledValue().longValueExact(), repetition, definition);
        }
        int length = TypeUtil.decimalRequiredBytes(type.precision());
        return (out, index, repetition, definition) ->
                out.write(fixedLength(reader.at(index), length), repetition, definition);
    }

    private static Binary fixedLength(BigDecimal value, int length) {
        byte[] unscaled = value.unscaledValue().toByteArray();
        if (unscaled.length == length) {
            return Binary.fromConstantByteArray(unscaled);
        }
        byte[] padded = new byte[length];
        Arrays.fill(padded, 0, length - unscaled.length, (byte) (value.signum() < 0 ? -1 : 0));
        System.arraycopy(unscaled, 0, padded, length - unscaled.length, unscaled.length);
        return Binary.fromConstantByteArray(padded);
    }
}
