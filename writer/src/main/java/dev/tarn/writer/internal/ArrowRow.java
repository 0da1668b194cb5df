package dev.tarn.writer.internal;

import dev.tarn.writer.internal.ColumnReaders.ValueReader;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A movable view of one row of a batch in Iceberg's internal representation; columns are found by name, absent ones are
 * null. Lists, maps and variants cannot be read through it. Confined to one thread.
 */
public final class ArrowRow implements StructLike {
    private final @Nullable FieldVector[] vectors;
    private final @Nullable ValueReader[] readers;
    private final @Nullable ArrowRow[] structs;
    private final @Nullable Object[] defaults;
    private int index;

    /**
     * A view over the columns of a struct type.
     *
     * @throws dev.tarn.common.TarnException INVALID if a vector does not fit its column
     */
    public ArrowRow(Types.StructType type, VectorSchemaRoot batch) {
        this(type.fields(), batch::getVector);
    }

    private ArrowRow(List<Types.NestedField> fields, VectorsByName source) {
        vectors = new FieldVector[fields.size()];
        readers = new ValueReader[fields.size()];
        structs = new ArrowRow[fields.size()];
        defaults = new Object[fields.size()];
        for (int i = 0; i < fields.size(); i++) {
            Types.NestedField field = fields.get(i);
            FieldVector vector = source.find(field.name());
            if (vector == null) {
                defaults[i] = field.writeDefault();
            }
            if (vector == null || !canBeRead(field.type())) {
                continue;
            }
            vectors[i] = vector;
            if (field.type().isStructType() && vector instanceof StructVector struct) {
                structs[i] = new ArrowRow(
                        field.type().asStructType().fields(), name -> struct.getChild(name, FieldVector.class));
            } else if (field.type().typeId() != Type.TypeID.STRUCT) {
                readers[i] = ColumnReaders.values(field.name(), field.type(), vector);
            }
        }
    }

    private static boolean canBeRead(Type type) {
        return switch (type.typeId()) {
            case LIST, MAP, VARIANT, UNKNOWN -> false;
            default -> true;
        };
    }

    private interface VectorsByName {
        @Nullable
        FieldVector find(String name);
    }

    /** Moves the view to a row and returns it. */
    public ArrowRow at(int row) {
        index = row;
        for (ArrowRow struct : structs) {
            if (struct != null) {
                struct.at(row);
            }
        }
        return this;
    }

    @Override
    public int size() {
        return vectors.length;
    }

    @Override
    @SuppressWarnings("NullAway") // Iceberg's StructLike answers null for a null value.
    public <T> T get(int position, Class<T> javaClass) {
        FieldVector vector = vectors[position];
        if (vector == null) {
            return javaClass.cast(defaults[position]);
        }
        if (vector.isNull(index)) {
            return null;
        }
        ArrowRow struct = structs[position];
        ValueReader reader = readers[position];
        Object value = struct != null ? struct : reader == null ? null : reader.at(index);
        return javaClass.cast(value);
    }

    @Override
    public <T> void set(int position, T value) {
        throw new UnsupportedOperationException("A row of a batch cannot be changed");
    }
}
