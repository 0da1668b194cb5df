package dev.tarn.writer.contract.check;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Bound;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.apache.iceberg.types.Type;

/** Reads values of contracts in the type of the column that they are for. */
final class Literals {
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Literals() {}

    /** Whether values of a type are whole numbers inside, as dates are. */
    static boolean isLong(Type type) {
        return switch (type.typeId()) {
            case INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> true;
            default -> false;
        };
    }

    /** Whether values of a type are floating-point numbers. */
    static boolean isDouble(Type type) {
        return type.typeId() == Type.TypeID.FLOAT || type.typeId() == Type.TypeID.DOUBLE;
    }

    /**
     * A value as an exact number in the unit of the column: days, microseconds, nanoseconds or plain.
     *
     * @throws TarnException INVALID naming the column and its type
     */
    static BigDecimal number(String column, Type type, String literal) {
        try {
            return switch (type.typeId()) {
                case DATE -> BigDecimal.valueOf(LocalDate.parse(literal).toEpochDay());
                case TIME -> BigDecimal.valueOf(LocalTime.parse(literal).toNanoOfDay() / 1_000);
                case TIMESTAMP -> BigDecimal.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, instant(literal)));
                case TIMESTAMP_NANO -> BigDecimal.valueOf(ChronoUnit.NANOS.between(Instant.EPOCH, instant(literal)));
                default -> new BigDecimal(literal.trim());
            };
        } catch (DateTimeException | NumberFormatException | ArithmeticException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The contract compares column '%s' of type %s with '%s', which is no value of that type"
                            .formatted(column, type, literal),
                    e);
        }
    }

    /** The smallest whole number that a lower bound allows. */
    static long smallest(BigDecimal bound, boolean inclusive) {
        BigInteger whole = bound.setScale(0, RoundingMode.CEILING).toBigInteger();
        boolean isBound = bound.compareTo(new BigDecimal(whole)) == 0;
        return clamp(isBound && !inclusive ? whole.add(BigInteger.ONE) : whole);
    }

    /** The largest whole number that an upper bound allows. */
    static long largest(BigDecimal bound, boolean inclusive) {
        BigInteger whole = bound.setScale(0, RoundingMode.FLOOR).toBigInteger();
        boolean isBound = bound.compareTo(new BigDecimal(whole)) == 0;
        return clamp(isBound && !inclusive ? whole.subtract(BigInteger.ONE) : whole);
    }

    /** A bound of floating-point numbers, moved by one step where the value itself is not allowed. */
    static double bound(String column, Type type, Bound bound, double direction) {
        BigDecimal exact = number(column, type, bound.literal());
        boolean isFloat = type.typeId() == Type.TypeID.FLOAT;
        double value = isFloat ? exact.floatValue() : exact.doubleValue();
        if (bound.inclusive()) {
            return value;
        }
        return isFloat ? Math.nextAfter((float) value, direction) : Math.nextAfter(value, direction);
    }

    private static long clamp(BigInteger value) {
        return value.max(LONG_MIN).min(LONG_MAX).longValue();
    }

    private static Instant instant(String literal) {
        String text = literal.trim().replace(' ', 'T');
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            LocalDateTime local =
                    text.length() == 10 ? LocalDate.parse(text).atStartOfDay() : LocalDateTime.parse(text);
            return local.toInstant(ZoneOffset.UTC);
        }
    }
}
