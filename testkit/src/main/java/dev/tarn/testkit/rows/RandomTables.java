package dev.tarn.testkit.rows;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.EdgeAlgorithm;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;

/** Random schemas over chosen types. Not thread-safe. */
public final class RandomTables {
    /** The types below lists, maps and structs of format version 2. */
    public static final Set<TypeID> V2_LEAVES = Set.copyOf(EnumSet.of(
            TypeID.BOOLEAN,
            TypeID.INTEGER,
            TypeID.LONG,
            TypeID.FLOAT,
            TypeID.DOUBLE,
            TypeID.DATE,
            TypeID.TIME,
            TypeID.TIMESTAMP,
            TypeID.STRING,
            TypeID.UUID,
            TypeID.FIXED,
            TypeID.BINARY,
            TypeID.DECIMAL));

    /** Those of format version 3. */
    public static final Set<TypeID> V3_LEAVES = Set.copyOf(
            with(V2_LEAVES, TypeID.TIMESTAMP_NANO, TypeID.UNKNOWN, TypeID.VARIANT, TypeID.GEOMETRY, TypeID.GEOGRAPHY));

    /** Types whose values are compared by what they are, so that they can be keys of maps everywhere. */
    private static final List<TypeID> KEYS =
            List.of(TypeID.STRING, TypeID.INTEGER, TypeID.LONG, TypeID.DATE, TypeID.DECIMAL);

    private final Random random;
    private final List<TypeID> leaves;
    private int lastId;

    private RandomTables(Random random, Set<TypeID> leaves) {
        this.random = random;
        this.leaves = leaves.stream().sorted().toList();
    }

    /**
     * A schema whose first column is a required long {@code id}, followed by every chosen type once at the top level, and by
     * random nested columns.
     *
     * @param nestedColumns how many
     */
    public static Schema schema(Random random, Set<TypeID> leaves, int nestedColumns) {
        RandomTables tables = new RandomTables(random, leaves);
        List<Types.NestedField> columns = new ArrayList<>();
        columns.add(Types.NestedField.required(tables.nextId(), "id", Types.LongType.get()));
        for (TypeID leaf : tables.leaves) {
            columns.add(tables.field("c" + columns.size(), tables.leaf(leaf)));
        }
        for (int i = 0; i < nestedColumns; i++) {
            columns.add(tables.field("n" + columns.size(), tables.nested(3)));
        }
        return new Schema(columns);
    }

    private static Set<TypeID> with(Set<TypeID> some, TypeID... more) {
        Set<TypeID> all = EnumSet.copyOf(some);
        all.addAll(List.of(more));
        return all;
    }

    private int nextId() {
        return ++lastId;
    }

    private Types.NestedField field(String name, Type type) {
        return random.nextInt(4) > 0 || type.typeId() == TypeID.UNKNOWN
                ? Types.NestedField.optional(nextId(), name, type)
                : Types.NestedField.required(nextId(), name, type);
    }

    private Type type(int depth) {
        return depth == 0 || random.nextInt(3) == 0 ? leaf(leaves.get(random.nextInt(leaves.size()))) : nested(depth);
    }

    private Type nested(int depth) {
        return switch (random.nextInt(3)) {
            case 0 -> {
                List<Types.NestedField> fields = new ArrayList<>();
                // A struct needs one field that has a column: those of type unknown have none.
                fields.add(Types.NestedField.optional(nextId(), "f0", Types.IntegerType.get()));
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    fields.add(field("f" + fields.size(), type(depth - 1)));
                }
                yield Types.StructType.of(fields);
            }
            case 1 -> {
                Type element = withoutUnknown(type(depth - 1));
                yield random.nextBoolean()
                        ? Types.ListType.ofOptional(nextId(), element)
                        : Types.ListType.ofRequired(nextId(), element);
            }
            default -> {
                Type key = leaf(KEYS.get(random.nextInt(KEYS.size())));
                Type value = withoutUnknown(type(depth - 1));
                yield random.nextBoolean()
                        ? Types.MapType.ofOptional(nextId(), nextId(), key, value)
                        : Types.MapType.ofRequired(nextId(), nextId(), key, value);
            }
        };
    }

    private static Type withoutUnknown(Type type) {
        return type.typeId() == TypeID.UNKNOWN ? Types.LongType.get() : type;
    }

    private Type leaf(TypeID id) {
        return switch (id) {
            case BOOLEAN -> Types.BooleanType.get();
            case INTEGER -> Types.IntegerType.get();
            case LONG -> Types.LongType.get();
            case FLOAT -> Types.FloatType.get();
            case DOUBLE -> Types.DoubleType.get();
            case DATE -> Types.DateType.get();
            case TIME -> Types.TimeType.get();
            case TIMESTAMP -> random.nextBoolean() ? Types.TimestampType.withZone() : Types.TimestampType.withoutZone();
            case TIMESTAMP_NANO ->
                random.nextBoolean() ? Types.TimestampNanoType.withZone() : Types.TimestampNanoType.withoutZone();
            case STRING -> Types.StringType.get();
            case UUID -> Types.UUIDType.get();
            case FIXED -> Types.FixedType.ofLength(1 + random.nextInt(20));
            case BINARY -> Types.BinaryType.get();
            case DECIMAL -> {
                int precision = 1 + random.nextInt(38);
                yield Types.DecimalType.of(precision, random.nextInt(precision + 1));
            }
            case UNKNOWN -> Types.UnknownType.get();
            case VARIANT -> Types.VariantType.get();
            case GEOMETRY -> Types.GeometryType.of("EPSG:3857");
            case GEOGRAPHY -> Types.GeographyType.of("OGC:CRS84", EdgeAlgorithm.KARNEY);
            default -> throw new IllegalArgumentException("no leaf: " + id);
        };
    }
}
