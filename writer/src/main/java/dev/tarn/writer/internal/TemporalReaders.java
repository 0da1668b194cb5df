package dev.tarn.writer.internal;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders.LongReader;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.types.Type;

/** Readers of dates, times and timestamps of any unit as Iceberg counts them; what would be cut off or overflow is refused. */
final class TemporalReaders {
    private static final long MILLIS_PER_DAY = 86_400_000L;
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private TemporalReaders() {}

    static LongReader dates(String column, Type type, FieldVector vector) {
        if (vector instanceof DateDayVector days) {
            return days::get;
        }
        if (vector instanceof DateMilliVector millis) {
            return index -> {
                long value = millis.get(index);
                long day = Math.floorDiv(value, MILLIS_PER_DAY);
                if (day != (int) day) {
                    throw outside(column, type);
                }
                if (value != day * MILLIS_PER_DAY) {
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "Column '%s' holds dates but the batch holds a value with a time of day; cut it off before writing"
                                    .formatted(column));
                }
                return day;
            };
        }
        throw ColumnReaders.mismatch(column, type, vector);
    }

    static LongReader times(String column, Type type, FieldVector vector) {
        LongReader micros = timesUnchecked(column, type, vector);
        return index -> {
            long value = micros.at(index);
            if (value < 0 || value >= MICROS_PER_DAY) {
                throw outside(column, type);
            }
            return value;
        };
    }

    private static LongReader timesUnchecked(String column, Type type, FieldVector vector) {
        if (vector instanceof TimeMicroVector micros) {
            return micros::get;
        }
        if (vector instanceof TimeNanoVector nanos) {
            return index -> exactMicros(column, nanos.get(index));
        }
        if (vector instanceof TimeMilliVector millis) {
            return index -> millis.get(index) * 1_000L;
        }
        if (vector instanceof TimeSecVector seconds) {
            return index -> seconds.get(index) * 1_000_000L;
        }
        throw ColumnReaders.mismatch(column, type, vector);
    }

    static LongReader timestamps(String column, Type type, FieldVector vector, boolean adjustToUtc, TimeUnit unit) {
        if (!(vector instanceof TimeStampVector stamps)
                || !(vector.getField().getType() instanceof ArrowType.Timestamp given)
                || (given.getTimezone() != null) != adjustToUtc) {
            throw ColumnReaders.mismatch(column, type, vector);
        }
        if (given.getUnit() == unit) {
            return stamps::get;
        }
        if (given.getUnit() == TimeUnit.NANOSECOND) {
            return index -> exactMicros(column, stamps.get(index));
        }
        long unitsPerSecond = unit == TimeUnit.NANOSECOND ? 1_000_000_000L : 1_000_000L;
        long factor =
                switch (given.getUnit()) {
                    case SECOND -> unitsPerSecond;
                    case MILLISECOND -> unitsPerSecond / 1_000L;
                    default -> unitsPerSecond / 1_000_000L;
                };
        return index -> {
            long value = stamps.get(index);
            long high = Math.multiplyHigh(value, factor);
            long low = value * factor;
            // A product that fits into 64 bits leaves nothing but its sign to the upper half.
            if (high != low >> 63) {
                throw outside(column, type);
            }
            return low;
        };
    }

    private static long exactMicros(String column, long nanos) {
        if (nanos % 1_000 != 0) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' counts microseconds but the batch holds a value with nanoseconds; round it before writing"
                            .formatted(column));
        }
        return nanos / 1_000;
    }

    private static TarnException outside(String column, Type type) {
        return new TarnException(
                ErrorKind.INVALID,
                "Column '%s' expects %s but the batch holds a value outside its range; correct the value"
                        .formatted(column, type));
    }
}
