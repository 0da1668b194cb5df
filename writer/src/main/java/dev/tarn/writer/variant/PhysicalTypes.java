package dev.tarn.writer.variant;

import dev.tarn.writer.arrow.ArrowSchemas;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Types with structs of two binaries in the place of variants. */
final class PhysicalTypes {
    static final String METADATA = ArrowSchemas.VARIANT_METADATA;
    static final String VALUE = ArrowSchemas.VARIANT_VALUE;
    static final String TYPED_VALUE = "typed_value";

    private PhysicalTypes() {}

    /** The same type, if it holds no variant. */
    static Type of(Type type, FreshIds ids) {
        return switch (type.typeId()) {
            case VARIANT ->
                Types.StructType.of(
                        Types.NestedField.required(ids.next(), METADATA, Types.BinaryType.get()),
                        Types.NestedField.required(ids.next(), VALUE, Types.BinaryType.get()));
            case STRUCT -> struct(type.asStructType(), ids);
            case LIST -> {
                Types.ListType list = type.asListType();
                Type element = of(list.elementType(), ids);
                yield list.isElementOptional()
                        ? Types.ListType.ofOptional(list.elementId(), element)
                        : Types.ListType.ofRequired(list.elementId(), element);
            }
            case MAP -> {
                Types.MapType map = type.asMapType();
                Type key = of(map.keyType(), ids);
                Type value = of(map.valueType(), ids);
                yield map.isValueOptional()
                        ? Types.MapType.ofOptional(map.keyId(), map.valueId(), key, value)
                        : Types.MapType.ofRequired(map.keyId(), map.valueId(), key, value);
            }
            default -> type;
        };
    }

    /** A field with another type; the same field if the type is the same. */
    static Types.NestedField withType(Types.NestedField field, Type type) {
        return field.type().equals(type)
                ? field
                : Types.NestedField.from(field).ofType(type).build();
    }

    private static Type struct(Types.StructType type, FreshIds ids) {
        List<Types.NestedField> fields = new ArrayList<>();
        for (Types.NestedField field : type.fields()) {
            fields.add(withType(field, of(field.type(), ids)));
        }
        return Types.StructType.of(fields);
    }
}
