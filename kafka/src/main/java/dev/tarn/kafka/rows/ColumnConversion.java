package dev.tarn.kafka.rows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Converts decoded values into the generic Java values of Iceberg's types. Strict: what would lose digits or has to be
 * guessed is refused; only what is finer than a column's timestamp is cut off. Immutable.
 */
final class ColumnConversion {
    private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);
    private static final int MAX_PRECISION = 38;

    private final Optional<ChronoUnit> epochUnit;

    /**
     * A conversion.
     *
     * @param epochUnit what whole numbers count that are given for times and timestamps; empty refuses them
     */
    ColumnConversion(Optional<ChronoUnit> epochUnit) {
        this.epochUnit = epochUnit;
    }

    /** What a column takes, for an error message. */
    static String expectation(Type type) {
        return switch (type.typeId()) {
            case INTEGER -> "a whole number of 32 bits";
            case LONG -> "a whole number of 64 bits";
            case DATE -> "a date such as 2024-01-31, or days since 1970";
            case TIME -> "a time such as 23:59:58, or a whole number if the unit is given";
            case TIMESTAMP, TIMESTAMP_NANO ->
                "a timestamp such as 2024-01-31T23:59:58%s, or a whole number if the unit is given"
                        .formatted(isZoned(type) ? "Z" : "");
            case FIXED, BINARY -> "bytes, or text in Base64";
            default -> type.toString();
        };
    }

    /**
     * Converts a value.
     *
     * @throws IllegalArgumentException, ArithmeticException or DateTimeException if the type cannot hold it
     */
    Object convert(Type type, Object value) {
        return switch (type.typeId()) {
            case BOOLEAN -> require(Boolean.class, value);
            case INTEGER -> Math.toIntExact(wholeNumber(value));
            case LONG -> wholeNumber(value);
            case FLOAT -> toFloat(value);
            case DOUBLE -> toDouble(value);
            case DECIMAL -> decimal((Types.DecimalType) type, value);
            case DATE -> date(value);
            case TIME -> time(value);
            case TIMESTAMP -> timestamp(type, ChronoUnit.MICROS, value);
            case TIMESTAMP_NANO -> timestamp(type, ChronoUnit.NANOS, value);
            case STRING -> value instanceof UUID ? value.toString() : require(String.class, value);
            case UUID -> value instanceof String text ? UUID.fromString(text) : require(UUID.class, value);
            case FIXED -> fixed(((Types.FixedType) type).length(), value);
            case BINARY -> ByteBuffer.wrap(bytes(value));
            case STRUCT -> struct(type.asStructType(), value);
            case LIST -> list(type.asListType(), value);
            case MAP -> map(type.asMapType(), value);
            default -> throw new IllegalArgumentException("no values of this type");
        };
    }

    private Map<String, @Nullable Object> struct(Types.StructType type, Object value) {
        Map<?, ?> given = require(Map.class, value);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Types.NestedField field : type.fields()) {
            fields.put(field.name(), member(field.type(), field.isOptional(), given.get(field.name())));
        }
        return fields;
    }

    private List<@Nullable Object> list(Types.ListType type, Object value) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (Object element : require(List.class, value)) {
            elements.add(member(type.elementType(), type.isElementOptional(), element));
        }
        return elements;
    }

    private Map<Object, @Nullable Object> map(Types.MapType type, Object value) {
        Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) require(Map.class, value)).entrySet()) {
            Object key = key(type.keyType(), String.valueOf(entry.getKey()));
            entries.put(key, member(type.valueType(), type.isValueOptional(), entry.getValue()));
        }
        return entries;
    }

    private @Nullable Object member(Type type, boolean optional, @Nullable Object value) {
        if (value != null) {
            return convert(type, value);
        }
        if (optional) {
            return null;
        }
        throw new IllegalArgumentException("null where a value is required");
    }

    /** Keys of maps are text in JSON, Avro and, here, Protobuf. */
    private Object key(Type type, String text) {
        return switch (type.typeId()) {
            case STRING -> text;
            case INTEGER -> Integer.parseInt(text);
            case LONG -> Long.parseLong(text);
            case BOOLEAN -> flag(text);
            default -> convert(type, text);
        };
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static long wholeNumber(Object value) {
        if (value instanceof Long || value instanceof Integer) {
            return ((Number) value).longValue();
        }
        return require(BigInteger.class, value).longValueExact();
    }

    private static double toDouble(Object value) {
        if (value instanceof String text) {
            return special(text);
        }
        double number = require(Number.class, value).doubleValue();
        if (Double.isInfinite(number) && !(value instanceof Double || value instanceof Float)) {
            throw new ArithmeticException("beyond the range of a double");
        }
        return number;
    }

    private static float toFloat(Object value) {
        if (value instanceof String text) {
            return (float) special(text);
        }
        float number = require(Number.class, value).floatValue();
        boolean exact = !(value instanceof Double given) || Double.isNaN(given) || given.doubleValue() == number;
        if (!exact || (Float.isInfinite(number) && !(value instanceof Double || value instanceof Float))) {
            throw new ArithmeticException("a double that a float cannot hold");
        }
        return number;
    }

    /** JSON has no numbers for these. */
    private static double special(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new IllegalArgumentException("text where a number is expected");
        };
    }

    private static BigDecimal decimal(Types.DecimalType type, Object value) {
        BigDecimal number;
        if (value instanceof BigDecimal given) {
            number = given;
        } else if (value instanceof BigInteger given) {
            number = new BigDecimal(given);
        } else if (value instanceof String text) {
            number = new BigDecimal(text);
        } else {
            number = BigDecimal.valueOf(wholeNumber(value));
        }
        // Looked at first: bringing 1E999999999 to any scale would fill the memory.
        if ((long) number.precision() - number.scale() > MAX_PRECISION) {
            throw new ArithmeticException("too many digits");
        }
        BigDecimal scaled = number.signum() == 0
                ? BigDecimal.ZERO.setScale(type.scale())
                : number.setScale(type.scale(), RoundingMode.UNNECESSARY);
        if (scaled.precision() > type.precision()) {
            throw new ArithmeticException("too many digits");
        }
        return scaled;
    }

    private static LocalDate date(Object value) {
        LocalDate date;
        if (value instanceof LocalDate given) {
            date = given;
        } else if (value instanceof String text) {
            date = LocalDate.parse(text);
        } else {
            date = LocalDate.ofEpochDay(wholeNumber(value));
        }
        Math.toIntExact(date.toEpochDay());
        return date;
    }

    private LocalTime time(Object value) {
        LocalTime time;
        if (value instanceof LocalTime given) {
            time = given;
        } else if (value instanceof String text) {
            time = LocalTime.parse(text);
        } else {
            time = LocalTime.ofNanoOfDay(
                    Math.multiplyExact(wholeNumber(value), unit().getDuration().toNanos()));
        }
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    private Object timestamp(Type type, ChronoUnit finest, Object value) {
        LocalDateTime utc = (isZoned(type) ? zoned(value) : local(value)).truncatedTo(finest);
        // Refuses what 64 bits of the unit cannot hold.
        long unused = finest.between(EPOCH, utc);
        return isZoned(type) ? utc.atOffset(ZoneOffset.UTC) : utc;
    }

    private LocalDateTime zoned(Object value) {
        if (value instanceof Instant instant) {
            return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        }
        if (value instanceof String text) {
            return OffsetDateTime.parse(iso(text), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toLocalDateTime();
        }
        return counted(value);
    }

    private LocalDateTime local(Object value) {
        if (value instanceof LocalDateTime given) {
            return given;
        }
        return value instanceof String text ? LocalDateTime.parse(iso(text)) : counted(value);
    }

    private LocalDateTime counted(Object value) {
        return EPOCH.plus(wholeNumber(value), unit());
    }

    private ChronoUnit unit() {
        return epochUnit.orElseThrow(() -> new IllegalArgumentException("a number without a unit"));
    }

    /** SQL writes a blank where ISO 8601 writes a T. */
    private static String iso(String text) {
        return text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
    }

    private static ByteBuffer fixed(int length, Object value) {
        byte[] bytes = bytes(value);
        if (bytes.length != length) {
            throw new IllegalArgumentException("%d bytes where %d are expected".formatted(bytes.length, length));
        }
        return ByteBuffer.wrap(bytes);
    }

    private static byte[] bytes(Object value) {
        return value instanceof String text ? Base64.getDecoder().decode(text) : require(byte[].class, value);
    }

    private static <T> T require(Class<T> type, Object value) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw new IllegalArgumentException("found a " + value.getClass().getSimpleName());
    }

    private static boolean isZoned(Type type) {
        return type.typeId() == Type.TypeID.TIMESTAMP_NANO
                ? ((Types.TimestampNanoType) type).shouldAdjustToUTC()
                : ((Types.TimestampType) type).shouldAdjustToUTC();
    }
}
