package dev.tarn.flight.worker;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.UUID;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;

/** Between the engine's parameter types, Arrow's, and the Java values that the driver binds. */
final class ParameterTypes {
    private ParameterTypes() {}

    /** A field for a parameter; text where the engine leaves the type open. */
    static Field field(int number, String typeName) {
        return new Field("$" + number, FieldType.nullable(arrowType(typeName)), null);
    }

    /**
     * The one value of a vector, as the driver takes it.
     *
     * @throws SQLException if the type is not one that can be bound
     */
    static @Nullable Object value(FieldVector vector) throws SQLException {
        if (vector.isNull(0)) {
            return null;
        }
        ArrowType type = vector.getField().getType();
        Object value = vector.getObject(0);
        return switch (type.getTypeID()) {
            case Int, FloatingPoint, Bool, Decimal, Binary, LargeBinary -> value;
            case Utf8, LargeUtf8, Utf8View -> value.toString();
            case Date -> vector instanceof DateDayVector days ? LocalDate.ofEpochDay(days.get(0)) : date(value);
            case Time -> time((ArrowType.Time) type, value);
            case Timestamp -> timestamp((ArrowType.Timestamp) type, ((TimeStampVector) vector).get(0));
            case FixedSizeBinary ->
                vector instanceof FixedSizeBinaryVector fixed && fixed.getByteWidth() == 16
                        ? uuid(fixed.get(0))
                        : value;
            default ->
                throw new SQLException("Invalid Input Error: a parameter of type %s cannot be bound".formatted(type));
        };
    }

    private static LocalDate date(Object value) throws SQLException {
        if (value instanceof LocalDateTime dateTime) {
            return dateTime.toLocalDate();
        }
        throw new SQLException("Invalid Input Error: a date parameter has an unknown unit");
    }

    private static LocalTime time(ArrowType.Time type, Object value) {
        if (value instanceof LocalDateTime dateTime) {
            return dateTime.toLocalTime();
        }
        long count = ((Number) value).longValue();
        return LocalTime.ofNanoOfDay(Math.multiplyExact(count, nanosPer(type.getUnit())));
    }

    private static Object timestamp(ArrowType.Timestamp type, long count) {
        long nanos = nanosPer(type.getUnit());
        long perSecond = 1_000_000_000L / nanos;
        Instant instant =
                Instant.ofEpochSecond(Math.floorDiv(count, perSecond), Math.floorMod(count, perSecond) * nanos);
        return type.getTimezone() == null
                ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
                : instant.atOffset(ZoneOffset.UTC);
    }

    private static long nanosPer(TimeUnit unit) {
        return switch (unit) {
            case SECOND -> 1_000_000_000L;
            case MILLISECOND -> 1_000_000L;
            case MICROSECOND -> 1_000L;
            case NANOSECOND -> 1L;
        };
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static ArrowType arrowType(String typeName) {
        String name = typeName.toUpperCase(Locale.ROOT);
        if (name.startsWith("DECIMAL(")) {
            String[] parts =
                    name.substring("DECIMAL(".length(), name.length() - 1).split(",", 2);
            return new ArrowType.Decimal(Integer.parseInt(parts[0].strip()), Integer.parseInt(parts[1].strip()), 128);
        }
        return switch (name) {
            case "BOOLEAN" -> ArrowType.Bool.INSTANCE;
            case "TINYINT" -> new ArrowType.Int(8, true);
            case "SMALLINT" -> new ArrowType.Int(16, true);
            case "INTEGER" -> new ArrowType.Int(32, true);
            case "BIGINT", "INTEGER_LITERAL" -> new ArrowType.Int(64, true);
            case "FLOAT" -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case "DOUBLE" -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case "DATE" -> new ArrowType.Date(DateUnit.DAY);
            case "TIME" -> new ArrowType.Time(TimeUnit.MICROSECOND, 64);
            case "TIMESTAMP" -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
            case "TIMESTAMP WITH TIME ZONE" -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
            case "BLOB" -> ArrowType.Binary.INSTANCE;
            default -> ArrowType.Utf8.INSTANCE;
        };
    }
}
