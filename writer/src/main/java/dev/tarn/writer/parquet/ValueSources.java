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
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VariableWidthFieldVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The source that suits a column and the vector that a batch holds for it: copied where widths agree, else converted. */
final class ValueSources {
    /** Assumed for values whose length is not looked up. */
    private static final int TYPICAL_BYTES = 16;

    private ValueSources() {}

    /**
     * A source of a vector's values.
     *
     * @throws TarnException INVALID naming the column, if the vector does not fit
     */
    static ValueSource of(LeafColumn leaf, FieldVector vector) {
        String column = leaf.name();
        Type type = leaf.type();
        if (vector.getField().getDictionary() != null) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' is dictionary-encoded in the batch; decode it with DictionaryEncoder.decode before writing"
                            .formatted(column));
        }
        return switch (type.typeId()) {
            case BOOLEAN -> booleans(column, vector);
            case INTEGER, DATE -> ints(column, type, vector);
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> longs(column, type, vector);
            case FLOAT -> floats(column, type, vector);
            case DOUBLE -> doubles(column, type, vector);
            case STRING, BINARY, UUID, FIXED -> bytes(column, type, vector);
            case GEOMETRY, GEOGRAPHY -> wellKnownBinary(column, type, vector);
            case DECIMAL -> decimals(leaf, (Types.DecimalType) type, vector);
            default -> throw ColumnReaders.mismatch(column, type, vector);
        };
    }

    /**
     * A source that gives one value everywhere: the write-default of a column that batches leave out.
     *
     * @param value in Iceberg's internal representation
     */
    static ValueSource constant(LeafColumn leaf, Object value) {
        return switch (leaf.physical()) {
            case BOOLEAN -> {
                boolean constant = (Boolean) value;
                yield ValueSource.oneByOne(1, (position, page) -> add(page, constant));
            }
            case INT -> {
                int constant = value instanceof BigDecimal decimal
                        ? decimal.unscaledValue().intValueExact()
                        : ((Number) value).intValue();
                yield ValueSource.oneByOne(4, (position, page) -> add(page, constant));
            }
            case FLOAT -> {
                int constant = Float.floatToRawIntBits(((Number) value).floatValue());
                yield ValueSource.oneByOne(4, (position, page) -> add(page, constant));
            }
            case LONG -> {
                long constant = value instanceof BigDecimal decimal
                        ? decimal.unscaledValue().longValueExact()
                        : ((Number) value).longValue();
                yield ValueSource.oneByOne(8, (position, page) -> add(page, constant));
            }
            case DOUBLE -> {
                long constant = Double.doubleToRawLongBits(((Number) value).doubleValue());
                yield ValueSource.oneByOne(8, (position, page) -> add(page, constant));
            }
            case BYTES, FIXED -> {
                byte[] constant = constantBytes(leaf, value);
                yield ValueSource.oneByOne(constant.length + 4, (position, page) -> page.add(constant));
            }
        };
    }

    private static byte[] constantBytes(LeafColumn leaf, Object value) {
        if (value instanceof BigDecimal decimal) {
            return fixedLength(decimal.unscaledValue(), leaf.fixedLength());
        }
        if (value instanceof UUID uuid) {
            return ByteBuffer.allocate(16)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array();
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ValueSource booleans(String column, FieldVector vector) {
        if (vector instanceof BitVector bits) {
            return new FixedWidthSource.Bits(bits);
        }
        BooleanReader reader = ColumnReaders.booleans(column, vector);
        return ValueSource.oneByOne(1, (position, page) -> add(page, reader.at(position)));
    }

    private static ValueSource ints(String column, Type type, FieldVector vector) {
        boolean sameWidth =
                type.typeId() == Type.TypeID.DATE ? vector instanceof DateDayVector : vector instanceof IntVector;
        if (sameWidth) {
            return new FixedWidthSource.Ints(vector);
        }
        LongReader reader = ColumnReaders.longs(column, type, vector);
        return ValueSource.oneByOne(4, (position, page) -> add(page, (int) reader.at(position)));
    }

    private static ValueSource longs(String column, Type type, FieldVector vector) {
        // Also refuses what does not fit, such as a timestamp without a zone for one with a zone.
        LongReader reader = ColumnReaders.longs(column, type, vector);
        if (vector instanceof BigIntVector || isInUnit(type, vector)) {
            return new FixedWidthSource.Longs(vector);
        }
        return ValueSource.oneByOne(8, (position, page) -> add(page, reader.at(position)));
    }

    private static boolean isInUnit(Type type, FieldVector vector) {
        TimeUnit unit = type.typeId() == Type.TypeID.TIMESTAMP_NANO ? TimeUnit.NANOSECOND : TimeUnit.MICROSECOND;
        return vector instanceof TimeStampVector
                && vector.getField().getType() instanceof ArrowType.Timestamp given
                && given.getUnit() == unit;
    }

    private static ValueSource floats(String column, Type type, FieldVector vector) {
        if (vector instanceof Float4Vector) {
            return new FixedWidthSource.Ints(vector);
        }
        throw ColumnReaders.mismatch(column, type, vector);
    }

    private static ValueSource doubles(String column, Type type, FieldVector vector) {
        if (vector instanceof Float8Vector) {
            return new FixedWidthSource.Longs(vector);
        }
        DoubleReader reader = ColumnReaders.doubles(column, type, vector);
        return ValueSource.oneByOne(8, (position, page) -> add(page, Double.doubleToRawLongBits(reader.at(position))));
    }

    private static ValueSource bytes(String column, Type type, FieldVector vector) {
        // Also refuses what does not fit, such as text for a binary column.
        BytesReader reader = ColumnReaders.bytes(column, type, vector);
        return switch (type.typeId()) {
            case STRING, BINARY -> variableLength(vector, reader);
            default ->
                vector instanceof FixedSizeBinaryVector fixed
                        ? new FixedWidthSource.Fixed(fixed)
                        : ValueSource.oneByOne(TYPICAL_BYTES, (position, page) -> page.add(reader.at(position)));
        };
    }

    private static ValueSource wellKnownBinary(String column, Type type, FieldVector vector) {
        try {
            return variableLength(vector, ColumnReaders.bytes(column, Types.BinaryType.get(), vector));
        } catch (TarnException e) {
            throw ColumnReaders.mismatch(column, type, vector);
        }
    }

    private static ValueSource variableLength(FieldVector vector, BytesReader reader) {
        if (vector instanceof VarCharVector || vector instanceof VarBinaryVector) {
            return VariableLengthSource.of(vector, VariableLengthSource.Offsets.INTS);
        }
        boolean large = vector instanceof LargeVarCharVector || vector instanceof LargeVarBinaryVector;
        if (large && vector.getDataBuffer().capacity() <= Integer.MAX_VALUE) {
            return VariableLengthSource.of(vector, VariableLengthSource.Offsets.LONGS);
        }
        if (vector instanceof VariableWidthFieldVector lengths) {
            return new LookedUpBytes(reader, lengths::getValueLength);
        }
        return ValueSource.oneByOne(TYPICAL_BYTES, (position, page) -> page.add(reader.at(position)));
    }

    private static ValueSource decimals(LeafColumn leaf, Types.DecimalType type, FieldVector vector) {
        // Also refuses a scale or precision that does not fit.
        DecimalReader reader = ColumnReaders.decimals(leaf.name(), type, vector);
        if (vector instanceof DecimalVector decimals && decimals.getScale() == type.scale()) {
            return new DecimalSource(leaf, type, decimals);
        }
        BigInteger limit = BigInteger.TEN.pow(type.precision());
        int length = leaf.physical() == Physical.FIXED ? leaf.fixedLength() : 0;
        return ValueSource.oneByOne(TYPICAL_BYTES, (position, page) -> {
            BigInteger unscaled = reader.at(position).unscaledValue();
            if (unscaled.abs().compareTo(limit) >= 0) {
                throw tooManyDigits(leaf, type);
            }
            switch (leaf.physical()) {
                case INT -> add(page, unscaled.intValue());
                case LONG -> add(page, unscaled.longValue());
                default -> page.add(fixedLength(unscaled, length));
            }
        });
    }

    static TarnException tooManyDigits(LeafColumn leaf, Types.DecimalType type) {
        return new TarnException(
                ErrorKind.INVALID,
                "Column '%s' has type %s but the batch holds a value with more digits; widen the column or round the value"
                        .formatted(leaf.name(), type));
    }

    private static byte[] fixedLength(BigInteger unscaled, int length) {
        byte[] bytes = unscaled.toByteArray();
        if (bytes.length == length) {
            return bytes;
        }
        byte[] padded = new byte[length];
        Arrays.fill(padded, 0, length - bytes.length, (byte) (unscaled.signum() < 0 ? -1 : 0));
        System.arraycopy(bytes, 0, padded, length - bytes.length, bytes.length);
        return padded;
    }

    private static void add(PageBuffer page, boolean value) {
        page.reserveBytes(1)[page.byteCount++] = (byte) (value ? 1 : 0);
        page.added(1);
    }

    private static void add(PageBuffer page, int value) {
        page.reserveInts(1)[page.count()] = value;
        page.added(1);
    }

    private static void add(PageBuffer page, long value) {
        page.reserveLongs(1)[page.count()] = value;
        page.added(1);
    }

    /** Bytes that come one array at a time: views, and vectors of more than 2 GiB. */
    private static final class LookedUpBytes implements ValueSource {
        private final BytesReader reader;
        private final IntUnaryOperator lengths;

        LookedUpBytes(BytesReader reader, IntUnaryOperator lengths) {
            this.reader = reader;
            this.lengths = lengths;
        }

        @Override
        public void addRange(int first, int count, PageBuffer page) {
            for (int i = 0; i < count; i++) {
                page.add(reader.at(first + i));
            }
        }

        @Override
        public void addAt(int[] positions, int count, PageBuffer page) {
            for (int i = 0; i < count; i++) {
                page.add(reader.at(positions[i]));
            }
        }

        @Override
        public long rangeBytes(int first, int count) {
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += lengths.applyAsInt(first + i);
            }
            return bytes;
        }

        @Override
        public long bytesAt(int[] positions, int count) {
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += lengths.applyAsInt(positions[i]);
            }
            return bytes;
        }
    }
}
