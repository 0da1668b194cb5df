package dev.tarn.catalog.planning;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.UUIDUtil;
import org.jspecify.annotations.Nullable;

/** Partition values in the order and the types of a partition spec. Immutable. */
final class PartitionTuple implements StructLike {
    private final @Nullable Object[] values;

    private PartitionTuple(@Nullable Object[] values) {
        this.values = values;
    }

    /** The values of a decoded tuple, found by field id, in the types that the spec has today. */
    static PartitionTuple of(ManifestColumns columns, int index, Types.StructType type) {
        List<@Nullable Object> raw = columns.partitions().get(index);
        int[] ids = columns.partitionFields();
        @Nullable Object[] values = new @Nullable Object[type.fields().size()];
        for (int i = 0; i < values.length; i++) {
            Types.NestedField field = type.fields().get(i);
            for (int j = 0; j < ids.length; j++) {
                if (ids[j] == field.fieldId()) {
                    values[i] = converted(field.type(), raw.get(j));
                }
            }
        }
        return new PartitionTuple(values);
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public <T> T get(int position, Class<T> type) {
        return type.cast(values[position]);
    }

    @Override
    public <T> void set(int position, T value) {
        throw new UnsupportedOperationException("A partition tuple never changes");
    }

    private static @Nullable Object converted(Type type, @Nullable Object raw) {
        if (raw == null) {
            return null;
        }
        try {
            return switch (type.typeId()) {
                case INTEGER, DATE -> Math.toIntExact((Long) raw);
                case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> (Long) raw;
                case BOOLEAN -> (Boolean) raw;
                case FLOAT -> (Float) raw;
                case DOUBLE -> ((Number) raw).doubleValue();
                case STRING -> (String) raw;
                case DECIMAL -> decimal(((Types.DecimalType) type).scale(), (ByteBuffer) raw);
                case UUID -> UUIDUtil.convert(((ByteBuffer) raw).duplicate());
                case FIXED, BINARY -> ((ByteBuffer) raw).asReadOnlyBuffer();
                default -> null;
            };
        } catch (ClassCastException | ArithmeticException e) {
            throw new CorruptManifestException("A partition value is no " + type);
        }
    }

    private static BigDecimal decimal(int scale, ByteBuffer unscaled) {
        byte[] bytes = new byte[unscaled.remaining()];
        unscaled.duplicate().get(bytes);
        return new BigDecimal(new BigInteger(bytes), scale);
    }
}
