package dev.tarn.flight.scan;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.DateTimeUtil;
import org.jspecify.annotations.Nullable;

/** Iceberg types and values as text for the engine. */
final class EngineTypes {
    private EngineTypes() {}

    /**
     * The engine's name of a type.
     *
     * @throws TarnException UNSUPPORTED for types that the engine does not read from files
     */
    static String sqlType(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> "BOOLEAN";
            case INTEGER -> "INTEGER";
            case LONG -> "BIGINT";
            case FLOAT -> "FLOAT";
            case DOUBLE -> "DOUBLE";
            case DATE -> "DATE";
            case TIME -> "TIME";
            case TIMESTAMP ->
                ((Types.TimestampType) type).shouldAdjustToUTC() ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
            case TIMESTAMP_NANO -> nanos((Types.TimestampNanoType) type);
            case STRING -> "VARCHAR";
            case UUID -> "UUID";
            case FIXED, BINARY -> "BLOB";
            case DECIMAL -> {
                Types.DecimalType decimal = (Types.DecimalType) type;
                yield "DECIMAL(%d,%d)".formatted(decimal.precision(), decimal.scale());
            }
            case STRUCT -> struct(type.asStructType());
            case LIST -> sqlType(type.asListType().elementType()) + "[]";
            case MAP ->
                "MAP(%s, %s)"
                        .formatted(
                                sqlType(type.asMapType().keyType()),
                                sqlType(type.asMapType().valueType()));
            default ->
                throw new TarnException(
                        ErrorKind.UNSUPPORTED, "Columns of type %s cannot be queried by this engine".formatted(type));
        };
    }

    /** An entry of the engine's map from field ids to columns. */
    static String mapEntry(int id, String name, Type type, @Nullable String defaultText) {
        return "%d: {'name': %s, 'type': %s, 'default_value': %s, 'children': %s}"
                .formatted(
                        id,
                        literal(name),
                        literal(sqlType(type)),
                        defaultText == null ? "NULL::VARCHAR" : literal(defaultText),
                        children(type));
    }

    /** The default that rows have which were written before the field was added; null for none. */
    static @Nullable String defaultText(NestedField field) {
        Object value = field.initialDefault();
        return value == null ? null : text(field.type(), value);
    }

    /** A value in Iceberg's internal form as text that the engine casts to the type. */
    static String text(Type type, Object value) {
        return switch (type.typeId()) {
            case DATE -> DateTimeUtil.daysToIsoDate((Integer) value);
            case TIME -> DateTimeUtil.microsToIsoTime((Long) value);
            case TIMESTAMP ->
                ((Types.TimestampType) type).shouldAdjustToUTC()
                        ? DateTimeUtil.microsToIsoTimestamptz((Long) value)
                        : DateTimeUtil.microsToIsoTimestamp((Long) value);
            case TIMESTAMP_NANO -> DateTimeUtil.nanosToIsoTimestamp((Long) value);
            case FIXED, BINARY -> hex((ByteBuffer) value);
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            default -> value.toString();
        };
    }

    /** A text in quotes. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A name in quotes. */
    static String identifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private static String nanos(Types.TimestampNanoType type) {
        if (type.shouldAdjustToUTC()) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED, "Columns of type %s cannot be queried by this engine".formatted(type));
        }
        return "TIMESTAMP_NS";
    }

    private static String struct(Types.StructType type) {
        List<String> fields = new ArrayList<>();
        for (NestedField field : type.fields()) {
            fields.add(identifier(field.name()) + " " + sqlType(field.type()));
        }
        return "STRUCT(" + String.join(", ", fields) + ")";
    }

    private static String children(Type type) {
        if (!type.isNestedType()) {
            return "NULL";
        }
        List<String> entries = new ArrayList<>();
        if (type.isStructType()) {
            for (NestedField field : type.asStructType().fields()) {
                entries.add(mapEntry(field.fieldId(), field.name(), field.type(), defaultText(field)));
            }
        } else if (type.isListType()) {
            Types.ListType list = type.asListType();
            entries.add(mapEntry(list.elementId(), "element", list.elementType(), null));
        } else {
            Types.MapType map = type.asMapType();
            entries.add(mapEntry(map.keyId(), "key", map.keyType(), null));
            entries.add(mapEntry(map.valueId(), "value", map.valueType(), null));
        }
        return "MAP {" + String.join(", ", entries) + "}";
    }

    private static String hex(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            text.append("\\x").append(String.format(Locale.ROOT, "%02X", bytes.get(i)));
        }
        return text.toString();
    }
}
