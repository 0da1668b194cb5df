package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;

/** The key of one row in Iceberg's internal representation. Immutable. */
final class KeyTuple implements StructLike {
    private final Object[] values;

    private KeyTuple(Object[] values) {
        this.values = values;
    }

    static KeyTuple copyOf(StructLike row, Schema schema, int rowNumber) {
        Object[] values = new Object[row.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = row.get(i, Object.class);
            if (value == null) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Key column '%s' is null or missing in row %d of the batch; every row of an upsert needs its key"
                                .formatted(schema.columns().get(i).name(), rowNumber));
            }
            values[i] = value;
        }
        return new KeyTuple(values);
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public <T> T get(int position, Class<T> javaClass) {
        return javaClass.cast(values[position]);
    }

    @Override
    public <T> void set(int position, T value) {
        throw new UnsupportedOperationException("A key cannot be changed");
    }
}
