package dev.tarn.writer.variant;

import dev.tarn.writer.arrow.VariantValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.PhysicalType;
import org.apache.iceberg.variants.ShreddedObject;
import org.apache.iceberg.variants.VariantArray;
import org.apache.iceberg.variants.VariantObject;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a {@code typed_value}, and what is left for the {@code value} beside it: a value of the chosen type goes into
 * the former alone, any other into the latter alone, an object with fields that are not shredded into both. Immutable.
 */
abstract class TypedPart {
    private final Type type;

    private TypedPart(Type type) {
        this.type = type;
    }

    /** The part for a Parquet {@code typed_value}. */
    static TypedPart of(org.apache.parquet.schema.Type typedValue, FreshIds ids) {
        if (typedValue.isPrimitive()) {
            return new Primitive(TypedPrimitive.of(typedValue.asPrimitiveType()));
        }
        GroupType group = typedValue.asGroupType();
        if (group.getLogicalTypeAnnotation() instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
            return new Elements(
                    Pair.of(group.getType(0).asGroupType().getType(0).asGroupType(), ids), ids);
        }
        Map<String, Pair> fields = new LinkedHashMap<>();
        List<Types.NestedField> types = new ArrayList<>();
        for (org.apache.parquet.schema.Type field : group.getFields()) {
            Pair pair = Pair.of(field.asGroupType(), ids);
            fields.put(field.getName(), pair);
            types.add(Types.NestedField.required(ids.next(), field.getName(), pair.type()));
        }
        return new Fields(fields, Types.StructType.of(types));
    }

    /** The type of the {@code typed_value}. */
    final Type type() {
        return type;
    }

    /**
     * Writes a value into a struct of {@code value} and {@code typed_value}, which is defined at the index already.
     */
    final void write(VariantValue value, StructVector pair, int index) {
        VariantValue rest = writeTyped(value, pair.getChild(PhysicalTypes.TYPED_VALUE, FieldVector.class), index);
        if (rest != null) {
            pair.getChild(PhysicalTypes.VALUE, VarBinaryVector.class).setSafe(index, VariantValues.bytes(rest));
        }
    }

    /** Writes what fits and returns what is left, null if nothing is. */
    abstract @Nullable VariantValue writeTyped(VariantValue value, FieldVector typedValue, int index);

    /** A struct of {@code value} and, unless nothing is shredded there, {@code typed_value}. */
    private record Pair(@Nullable TypedPart typed, Types.StructType type) {
        static Pair of(GroupType group, FreshIds ids) {
            List<Types.NestedField> fields = new ArrayList<>();
            TypedPart typed = null;
            for (org.apache.parquet.schema.Type field : group.getFields()) {
                if (field.getName().equals(PhysicalTypes.TYPED_VALUE)) {
                    typed = TypedPart.of(field, ids);
                    fields.add(Types.NestedField.optional(ids.next(), PhysicalTypes.TYPED_VALUE, typed.type()));
                } else {
                    fields.add(Types.NestedField.optional(ids.next(), PhysicalTypes.VALUE, Types.BinaryType.get()));
                }
            }
            return new Pair(typed, Types.StructType.of(fields));
        }

        void write(VariantValue value, StructVector pair, int index) {
            pair.setIndexDefined(index);
            if (typed != null) {
                typed.write(value, pair, index);
            } else {
                pair.getChild(PhysicalTypes.VALUE, VarBinaryVector.class).setSafe(index, VariantValues.bytes(value));
            }
        }
    }

    private static final class Primitive extends TypedPart {
        private final TypedPrimitive primitive;

        Primitive(TypedPrimitive primitive) {
            super(primitive.type());
            this.primitive = primitive;
        }

        @Override
        @Nullable
        VariantValue writeTyped(VariantValue value, FieldVector typedValue, int index) {
            return primitive.write(value, typedValue, index) ? null : value;
        }
    }

    private static final class Elements extends TypedPart {
        private final Pair element;

        Elements(Pair element, FreshIds ids) {
            super(Types.ListType.ofRequired(ids.next(), element.type()));
            this.element = element;
        }

        @Override
        @Nullable
        VariantValue writeTyped(VariantValue value, FieldVector typedValue, int index) {
            if (value.type() != PhysicalType.ARRAY) {
                return value;
            }
            VariantArray array = value.asArray();
            ListVector list = (ListVector) typedValue;
            int start = list.startNewValue(index);
            for (int i = 0; i < array.numElements(); i++) {
                element.write(array.get(i), (StructVector) list.getDataVector(), start + i);
            }
            list.endValue(index, array.numElements());
            return null;
        }
    }

    private static final class Fields extends TypedPart {
        private final Map<String, Pair> fields;

        Fields(Map<String, Pair> fields, Types.StructType type) {
            super(type);
            this.fields = fields;
        }

        @Override
        @Nullable
        VariantValue writeTyped(VariantValue value, FieldVector typedValue, int index) {
            if (value.type() != PhysicalType.OBJECT) {
                return value;
            }
            VariantObject object = value.asObject();
            ShreddedObject rest = Variants.object(object);
            StructVector struct = (StructVector) typedValue;
            struct.setIndexDefined(index);
            fields.forEach((name, pair) -> {
                StructVector target = struct.getChild(name, StructVector.class);
                VariantValue field = object.get(name);
                if (field == null) {
                    // Absent: the struct is there, as its column is required, and both its parts are null.
                    target.setIndexDefined(index);
                } else {
                    rest.remove(name);
                    pair.write(field, target, index);
                }
            });
            return rest.numFields() > 0 ? rest : null;
        }
    }
}
