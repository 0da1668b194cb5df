package dev.tarn.kafka.rows;

import dev.tarn.kafka.decode.Entries;
import dev.tarn.kafka.decode.RecordDecoder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Finds what a table's schema lacks for a record. Not thread-safe. */
public final class SchemaGrowth {
    /** Columns of all levels that a table may grow to: a record whose names are data would make one for each value. */
    static final int MAX_COLUMNS = 2_000;

    private final RecordDecoder decoder;
    private int nextId;

    private SchemaGrowth(RecordDecoder decoder, int firstId) {
        this.decoder = decoder;
        this.nextId = firstId;
    }

    /**
     * The columns, at the least, that the table has to be united with by name so that a record fits.
     *
     * @param reserved columns that fields do not go to
     * @return empty if the record fits, or if the table is as wide as it may become
     */
    public static Optional<Schema> of(
            Schema table, Map<String, @Nullable Object> fields, Set<String> reserved, RecordDecoder decoder) {
        int known = TypeUtil.indexById(table.asStruct()).size();
        // Ids need only differ from each other: the union gives new ones.
        SchemaGrowth growth = new SchemaGrowth(decoder, 1);
        List<Types.NestedField> missing = growth.missing(table.asStruct(), fields, reserved);
        return missing.isEmpty() || known + growth.nextId > MAX_COLUMNS
                ? Optional.empty()
                : Optional.of(new Schema(missing));
    }

    /** Whether a value alone tells the type of its column, as null and what is empty do not. */
    static boolean hasType(@Nullable Object value) {
        if (value instanceof List<?> elements) {
            return elements.stream().anyMatch(SchemaGrowth::hasType);
        }
        if (value instanceof Map<?, ?> fields) {
            return fields.values().stream().anyMatch(SchemaGrowth::hasType);
        }
        return value != null;
    }

    private List<Types.NestedField> missing(Types.StructType known, Map<?, ?> fields, Set<String> reserved) {
        List<Types.NestedField> missing = new ArrayList<>();
        for (Map.Entry<?, ?> entry : fields.entrySet()) {
            String name = String.valueOf(entry.getKey());
            Object value = entry.getValue();
            if (value == null || name.isEmpty() || reserved.contains(name)) {
                continue;
            }
            Types.NestedField column = known.field(name);
            Type type = column == null ? typeOf(value) : grown(column.type(), value);
            if (type != null) {
                missing.add(Types.NestedField.optional(id(), name, type));
            }
        }
        return missing;
    }

    /** The type that a column must be united with, or null if it holds the value as it is. */
    private @Nullable Type grown(Type known, Object value) {
        if (known.typeId() == Type.TypeID.INTEGER && value instanceof Long number && number != number.intValue()) {
            return Types.LongType.get();
        }
        if (known.typeId() == Type.TypeID.FLOAT && value instanceof Double number && number != number.floatValue()) {
            return Types.DoubleType.get();
        }
        if (known.isStructType() && value instanceof Map<?, ?> fields) {
            List<Types.NestedField> missing = missing(known.asStructType(), fields, Set.of());
            return missing.isEmpty() ? null : Types.StructType.of(missing);
        }
        if (known.isListType() && value instanceof List<?> elements) {
            Type element = grownBy(known.asListType().elementType(), elements);
            return element == null ? null : Types.ListType.ofOptional(id(), element);
        }
        if (known.isMapType() && value instanceof Map<?, ?> entries) {
            Types.MapType map = known.asMapType();
            Type of = grownBy(map.valueType(), entries.values());
            return of == null ? null : Types.MapType.ofOptional(id(), id(), map.keyType(), of);
        }
        return null;
    }

    /** By the first value that asks for more; the others ask again when the table is read anew. */
    private @Nullable Type grownBy(Type known, Iterable<?> values) {
        for (Object value : values) {
            Type grown = value == null ? null : grown(known, value);
            if (grown != null) {
                return grown;
            }
        }
        return null;
    }

    private @Nullable Type typeOf(@Nullable Object value) {
        if (value instanceof Entries entries) {
            for (Object element : entries.values()) {
                Type type = typeOf(element);
                if (type != null) {
                    return Types.MapType.ofOptional(id(), id(), Types.StringType.get(), type);
                }
            }
            return null;
        }
        if (value instanceof Map<?, ?> fields) {
            List<Types.NestedField> all = missing(Types.StructType.of(), fields, Set.of());
            return all.isEmpty() ? null : Types.StructType.of(all);
        }
        if (value instanceof List<?> elements) {
            for (Object element : elements) {
                Type type = typeOf(element);
                if (type != null) {
                    return Types.ListType.ofOptional(id(), type);
                }
            }
            return null;
        }
        return value == null ? null : scalar(value);
    }

    private int id() {
        return nextId++;
    }

    private Type scalar(Object value) {
        if (value instanceof Boolean) {
            return Types.BooleanType.get();
        } else if (value instanceof Number number) {
            return decoder.typeOf(number);
        } else if (value instanceof LocalDate) {
            return Types.DateType.get();
        } else if (value instanceof LocalTime) {
            return Types.TimeType.get();
        } else if (value instanceof LocalDateTime) {
            return Types.TimestampType.withoutZone();
        } else if (value instanceof Instant) {
            return Types.TimestampType.withZone();
        } else if (value instanceof UUID) {
            return Types.UUIDType.get();
        }
        return value instanceof byte[] ? Types.BinaryType.get() : Types.StringType.get();
    }
}
