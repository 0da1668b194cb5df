package dev.tarn.writer.copy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Strict conversion of text into values of Iceberg types; never rounds, never guesses. Thread-safe. */
final class ColumnValues {
    private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

    /** Digits of a number: more than any type holds, and a bound for the work of parsing them. */
    private static final int MAX_NUMBER_LENGTH = 1_000;

    private static final int UUID_LENGTH = 36;

    /** Offsets as ISO 8601 and databases write them: Z, +01:00, +0100, +01. */
    private static final DateTimeFormatter ZONED = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);

    private final Optional<DateTimeFormatter> date;
    private final Optional<DateTimeFormatter> timestamp;

    ColumnValues(ValueFormats formats) {
        this.date = formats.date().map(ValueFormats::formatter);
        this.timestamp = formats.timestamp().map(ValueFormats::formatter);
    }

    /** What a column takes, in words for an error message. */
    static String expectation(Type type) {
        return "expects "
                + switch (type.typeId()) {
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
                    case FIXED -> ((Types.FixedType) type).length() + " bytes in Base64";
                    case BINARY -> "bytes in Base64";
                    case DECIMAL -> "a number that fits " + type;
                    case STRUCT -> "an object";
                    case LIST -> "an array";
                    case MAP -> "an object whose names are the keys";
                    default -> "a value of type " + type;
                };
    }

    /**
     * Text as a value.
     *
     * @param column what to call the column in an error
     * @throws UnfitValueException if it is none
     */
    Object parse(String column, Type type, String text) {
        try {
            return parse(type, text);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            String found = e instanceof OutOfRangeException ? ", but the value is out of its range" : "";
            throw new UnfitValueException(column, expectation(type) + found);
        }
    }

    /** Whether text is a value of a type. */
    boolean parses(Type type, String text) {
        try {
            parse(type, text);
            return true;
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            return false;
        }
    }

    /** A decimal of a type, exactly. */
    static BigDecimal decimal(Types.DecimalType type, BigDecimal value) {
        if (value.signum() == 0) {
            return BigDecimal.ZERO.setScale(type.scale());
        }
        // Looked at before the scale is set: that of 1e1000000000 would fill the memory with zeros.
        if ((long) value.precision() - value.scale() > type.precision() - type.scale()) {
            throw new OutOfRangeException();
        }
        if (value.scale() > type.scale() && value.stripTrailingZeros().scale() > type.scale()) {
            throw new IllegalArgumentException("too many decimals");
        }
        return value.setScale(type.scale(), RoundingMode.UNNECESSARY);
    }

    /** A double that is not infinite by overflow. */
    static double finite(double value) {
        if (Double.isInfinite(value)) {
            throw new OutOfRangeException();
        }
        return value;
    }

    static final class OutOfRangeException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
    }

    private Object parse(Type type, String text) {
        return switch (type.typeId()) {
            case BOOLEAN -> parseBoolean(text);
            case INTEGER -> Math.toIntExact(parseLong(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case LONG -> parseLong(text, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> parseFloat(text);
            case DOUBLE -> parseDouble(text);
            case DATE -> parseDate(text);
            case TIME -> micros(LocalTime.parse(text));
            case TIMESTAMP -> parseTimestamp(type, text, ChronoUnit.MICROS);
            case TIMESTAMP_NANO -> parseTimestamp(type, text, ChronoUnit.NANOS);
            case STRING -> text;
            case UUID -> parseUuid(text);
            case FIXED -> parseFixed((Types.FixedType) type, text);
            case BINARY -> ByteBuffer.wrap(Base64.getDecoder().decode(text));
            case DECIMAL -> decimal((Types.DecimalType) type, new BigDecimal(ofBoundedLength(text)));
            default -> throw new IllegalArgumentException("no text form");
        };
    }

    private static boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static long parseLong(String text, long min, long max) {
        long value;
        try {
            value = Long.parseLong(ofBoundedLength(text));
        } catch (NumberFormatException e) {
            if (isWholeNumber(text)) {
                throw new OutOfRangeException();
            }
            throw e;
        }
        if (value < min || value > max) {
            throw new OutOfRangeException();
        }
        return value;
    }

    private static boolean isWholeNumber(String text) {
        int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        return text.length() > start && text.substring(start).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static float parseFloat(String text) {
        double value = parseDouble(text);
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            return (float) value;
        }
        return (float) finite(Float.parseFloat(text));
    }

    private static double parseDouble(String text) {
        switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> {
                return Double.NaN;
            }
            case "inf", "infinity", "+inf", "+infinity" -> {
                return Double.POSITIVE_INFINITY;
            }
            case "-inf", "-infinity" -> {
                return Double.NEGATIVE_INFINITY;
            }
            default -> {
                // Java also takes blanks around, hexadecimal numbers and the endings of its literals; files do not mean
                // them.
                for (int i = 0; i < ofBoundedLength(text).length(); i++) {
                    if ("0123456789.+-eE".indexOf(text.charAt(i)) < 0) {
                        throw new NumberFormatException("no number");
                    }
                }
                return finite(Double.parseDouble(text));
            }
        }
    }

    private LocalDate parseDate(String text) {
        LocalDate value = date.isPresent() ? LocalDate.parse(text, date.get()) : LocalDate.parse(text);
        if (value.toEpochDay() != (int) value.toEpochDay()) {
            throw new OutOfRangeException();
        }
        return value;
    }

    private Temporal parseTimestamp(Type type, String text, ChronoUnit unit) {
        boolean zoned = isZoned(type);
        Temporal value;
        if (timestamp.isPresent()) {
            value = zoned ? OffsetDateTime.parse(text, timestamp.get()) : LocalDateTime.parse(text, timestamp.get());
        } else {
            // SQL writes a blank where ISO 8601 writes a T.
            boolean blank = text.length() > 10 && text.charAt(10) == ' ';
            String iso = blank ? text.substring(0, 10) + "T" + text.substring(11) : text;
            value = zoned ? OffsetDateTime.parse(iso, ZONED) : LocalDateTime.parse(iso);
        }
        LocalDateTime utc = value instanceof OffsetDateTime offset
                ? offset.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()
                : (LocalDateTime) value;
        if (unit == ChronoUnit.MICROS && utc.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0) {
            throw new DateTimeException("finer than a microsecond");
        }
        try {
            long count = unit.between(EPOCH, utc);
            if (count == Long.MIN_VALUE) {
                throw new OutOfRangeException();
            }
        } catch (ArithmeticException e) {
            throw new OutOfRangeException();
        }
        return value;
    }

    private static LocalTime micros(LocalTime value) {
        if (value.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0) {
            throw new DateTimeException("finer than a microsecond");
        }
        return value;
    }

    private static UUID parseUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            throw new IllegalArgumentException("no UUID");
        }
        return UUID.fromString(text);
    }

    private static ByteBuffer parseFixed(Types.FixedType type, String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (bytes.length != type.length()) {
            throw new IllegalArgumentException("wrong length");
        }
        return ByteBuffer.wrap(bytes);
    }

    private static String ofBoundedLength(String number) {
        if (number.length() > MAX_NUMBER_LENGTH) {
            throw new IllegalArgumentException("too long for a number");
        }
        return number;
    }

    private static boolean isZoned(Type type) {
        return type.typeId() == Type.TypeID.TIMESTAMP_NANO
                ? ((Types.TimestampNanoType) type).shouldAdjustToUTC()
                : ((Types.TimestampType) type).shouldAdjustToUTC();
    }
}
