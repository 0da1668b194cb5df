package dev.tarn.writer.copy;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Strict conversion of text and JSON into values of Iceberg types; never rounds, never guesses. */
final class ColumnValues {
    private ColumnValues() {}

    /** What a column takes, in words for an error message. */
    static String expectation(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> "true or false";
            case INTEGER -> "a 32-bit integer";
            case LONG -> "a 64-bit integer";
            case FLOAT -> "a 32-bit floating-point number";
            case DOUBLE -> "a 64-bit floating-point number";
            case DATE -> "a date such as 2024-01-31";
            case TIME -> "a time such as 23:59:58";
            case TIMESTAMP, TIMESTAMP_NANO ->
                isZoned(type)
                        ? "a timestamp with zone such as 2024-01-31T23:59:58Z"
                        : "a timestamp without zone such as 2024-01-31T23:59:58";
            case STRING -> "text";
            case UUID -> "a UUID";
            case FIXED, BINARY -> "bytes in Base64";
            case DECIMAL -> "a number that fits " + type;
            default -> "a value of type " + type;
        };
    }

    /**
     * Text as a value.
     *
     * @throws IllegalArgumentException or DateTimeException if it is none
     */
    static Object parse(Type type, String text) {
        return switch (type.typeId()) {
            case BOOLEAN -> parseBoolean(text);
            case INTEGER -> Integer.parseInt(text);
            case LONG -> Long.parseLong(text);
            case FLOAT -> Float.parseFloat(text);
            case DOUBLE -> Double.parseDouble(text);
            case DATE -> LocalDate.parse(text);
            case TIME -> micros(LocalTime.parse(text));
            case TIMESTAMP -> micros(timestamp(type, text));
            case TIMESTAMP_NANO -> timestamp(type, text);
            case STRING -> text;
            case UUID -> UUID.fromString(text);
            case FIXED, BINARY -> ByteBuffer.wrap(Base64.getDecoder().decode(text));
            case DECIMAL -> decimal((Types.DecimalType) type, new BigDecimal(text));
            default -> throw new IllegalArgumentException("no text form");
        };
    }

    /**
     * A JSON value as a value; null for JSON null.
     *
     * @throws IllegalArgumentException or DateTimeException if it is none
     */
    static @Nullable Object convert(Type type, JsonNode node) {
        if (node.isNull() || node.isMissingNode()) {
            return null;
        }
        return switch (type.typeId()) {
            case STRUCT -> struct(type.asStructType(), node);
            case LIST -> list(type.asListType(), node);
            case MAP -> map(type.asMapType(), node);
            case BOOLEAN -> require(node.isBoolean(), node).booleanValue();
            case INTEGER ->
                require(node.isIntegralNumber() && node.canConvertToInt(), node).intValue();
            case LONG ->
                require(node.isIntegralNumber() && node.canConvertToLong(), node)
                        .longValue();
            case FLOAT -> require(node.isNumber(), node).floatValue();
            case DOUBLE -> require(node.isNumber(), node).doubleValue();
            case DECIMAL -> {
                require(node.isNumber() || node.isTextual(), node);
                yield decimal((Types.DecimalType) type, new BigDecimal(node.asText()));
            }
            default -> parse(type, require(node.isTextual(), node).textValue());
        };
    }

    private static Map<String, @Nullable Object> struct(Types.StructType type, JsonNode node) {
        require(node.isObject(), node);
        Map<String, @Nullable Object> fields = new HashMap<>();
        for (Types.NestedField field : type.fields()) {
            fields.put(field.name(), convert(field.type(), node.path(field.name())));
        }
        return fields;
    }

    private static List<@Nullable Object> list(Types.ListType type, JsonNode node) {
        require(node.isArray(), node);
        List<@Nullable Object> elements = new ArrayList<>();
        node.forEach(element -> elements.add(convert(type.elementType(), element)));
        return elements;
    }

    private static Map<Object, @Nullable Object> map(Types.MapType type, JsonNode node) {
        require(node.isObject(), node);
        Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> entries.put(
                        parse(type.keyType(), entry.getKey()), convert(type.valueType(), entry.getValue())));
        return entries;
    }

    private static JsonNode require(boolean holds, JsonNode node) {
        if (!holds) {
            throw new IllegalArgumentException("wrong kind of JSON value: " + node.getNodeType());
        }
        return node;
    }

    private static boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static BigDecimal decimal(Types.DecimalType type, BigDecimal value) {
        try {
            BigDecimal scaled = value.setScale(type.scale(), RoundingMode.UNNECESSARY);
            if (scaled.precision() <= type.precision()) {
                return scaled;
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("too many decimals", e);
        }
        throw new IllegalArgumentException("too many digits");
    }

    private static Temporal timestamp(Type type, String text) {
        // SQL writes a blank where ISO 8601 writes a T.
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
        return isZoned(type)
                ? OffsetDateTime.parse(iso, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                : LocalDateTime.parse(iso);
    }

    private static Temporal micros(Temporal value) {
        if (value.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0) {
            throw new DateTimeException("finer than a microsecond");
        }
        return value;
    }

    private static boolean isZoned(Type type) {
        return type.typeId() == Type.TypeID.TIMESTAMP_NANO
                ? ((Types.TimestampNanoType) type).shouldAdjustToUTC()
                : ((Types.TimestampType) type).shouldAdjustToUTC();
    }
}
