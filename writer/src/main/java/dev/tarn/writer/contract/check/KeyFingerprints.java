package dev.tarn.writer.contract.check;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Fingerprints of 128 bits of the values of some columns, equal for equal values whether they come from a batch or from a
 * table. Two different keys of a billion share one with a chance of about 1 in 10^20; the seed differs for every load, so that
 * nobody can prepare such keys. Confined to one thread.
 */
public final class KeyFingerprints {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_FACTOR = 0x9E3779B97F4A7C15L;
    private static final long LOW_FACTOR = 0xC2B2AE3D27D4EB4FL;

    private final List<Types.NestedField> fields;
    private final List<String> paths;
    private final Part[] parts;
    private final ColumnView[] views;
    private final long seed;
    private long high;
    private long low;

    /** Adds the value of one row of one column to the fingerprint. */
    @FunctionalInterface
    private interface Part {
        void add(int row);
    }

    /**
     * For the columns of a table.
     *
     * @param paths of the columns, in the order of {@code fields}
     * @throws TarnException INVALID for columns that are not primitive
     */
    public KeyFingerprints(List<String> paths, List<Types.NestedField> fields, long seed) {
        this.paths = List.copyOf(paths);
        this.fields = List.copyOf(fields);
        this.parts = new Part[fields.size()];
        this.views = new ColumnView[fields.size()];
        this.seed = seed;
        for (Types.NestedField field : fields) {
            if (!field.type().isPrimitiveType()) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' of type %s cannot be unique: only primitive columns can"
                                .formatted(field.name(), field.type()));
            }
        }
    }

    /** Moves on to a batch; false if it lacks one of the columns, so that the key of every row has a null. */
    public boolean moveTo(BatchColumns batch) {
        for (int i = 0; i < parts.length; i++) {
            ColumnView view = batch.column(paths.get(i));
            if (view.isAbsent()) {
                return false;
            }
            views[i] = view;
            parts[i] = part(view, fields.get(i).type());
        }
        return true;
    }

    /** Takes the fingerprint of a row of the batch; false if one of its values is null. */
    public boolean take(int row) {
        begin();
        for (int i = 0; i < parts.length; i++) {
            if (views[i].isNull(row)) {
                return false;
            }
            parts[i].add(row);
        }
        return true;
    }

    /** Takes the fingerprint of a row that has the columns in Iceberg's internal representation; false if one is null. */
    public boolean take(StructLike row) {
        begin();
        for (int i = 0; i < parts.length; i++) {
            Object value = row.get(i, Object.class);
            if (value == null) {
                return false;
            }
            add(fields.get(i).type(), value);
        }
        return true;
    }

    /** The upper half of the fingerprint taken last. */
    public long high() {
        return high ^ high >>> 32;
    }

    /** The lower half of the fingerprint taken last. */
    public long low() {
        return low ^ low >>> 29;
    }

    private void begin() {
        high = seed;
        low = ~seed;
    }

    private Part part(ColumnView view, Type type) {
        if (Literals.isLong(type)) {
            long[] values = view.longs();
            return row -> add(values[row]);
        }
        if (Literals.isDouble(type)) {
            double[] values = view.doubles();
            return row -> add(Double.doubleToLongBits(values[row]));
        }
        return switch (type.typeId()) {
            case BOOLEAN -> {
                ColumnReaders.BooleanReader reader =
                        ColumnReaders.booleans(view.field().name(), view.vector());
                yield row -> add(reader.at(row) ? 1 : 0);
            }
            case DECIMAL -> {
                ColumnReaders.DecimalReader reader =
                        ColumnReaders.decimals(view.field().name(), (Types.DecimalType) type, view.vector());
                yield row -> addDecimal(reader.at(row));
            }
            default -> {
                TextValues values = view.text();
                yield row -> add(values.bytes(), values.start(row), values.length(row));
            }
        };
    }

    private void add(Type type, Object value) {
        switch (type.typeId()) {
            case INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> add(((Number) value).longValue());
            case FLOAT, DOUBLE -> add(Double.doubleToLongBits(((Number) value).doubleValue()));
            case BOOLEAN -> add(Boolean.TRUE.equals(value) ? 1 : 0);
            case DECIMAL -> addDecimal((BigDecimal) value);
            case STRING -> addBytes(value.toString().getBytes(StandardCharsets.UTF_8));
            case UUID -> {
                UUID uuid = (UUID) value;
                addBytes(ByteBuffer.allocate(16)
                        .putLong(uuid.getMostSignificantBits())
                        .putLong(uuid.getLeastSignificantBits())
                        .array());
            }
            default -> {
                ByteBuffer buffer = ((ByteBuffer) value).duplicate();
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                addBytes(bytes);
            }
        }
    }

    private void addDecimal(BigDecimal value) {
        addBytes(value.unscaledValue().toByteArray());
    }

    private void addBytes(byte[] bytes) {
        add(TextValues.padded(bytes), 0, bytes.length);
    }

    /** Eight bytes at a time; the array has room for one word after the value. */
    private void add(byte[] bytes, int start, int length) {
        int at = start;
        int left = length;
        while (left > 8) {
            add((long) WORD.get(bytes, at));
            at += 8;
            left -= 8;
        }
        add(TextValues.head(bytes, at, left));
        add(length);
    }

    private void add(long word) {
        high = (high ^ word) * HIGH_FACTOR;
        high ^= high >>> 31;
        low = (Long.rotateLeft(low, 23) ^ word) * LOW_FACTOR;
        low ^= low >>> 33;
    }
}
