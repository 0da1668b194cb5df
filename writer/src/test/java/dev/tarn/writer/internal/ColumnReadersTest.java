package dev.tarn.writer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.TimeStampSecVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnReadersTest {
    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void refusesATimeOfDayInADate() {
        try (DateMilliVector vector = new DateMilliVector("day", allocator)) {
            vector.setSafe(0, 86_400_001L);

            refused(
                    Types.DateType.get(),
                    vector,
                    "Column 'c' holds dates but the batch holds a value with a time of day");
        }
    }

    @Test
    void refusesADateBeyondTheRange() {
        try (DateMilliVector vector = new DateMilliVector("day", allocator)) {
            vector.setSafe(0, 86_400_000L * (1L + Integer.MAX_VALUE));

            refused(
                    Types.DateType.get(),
                    vector,
                    "Column 'c' expects date but the batch holds a value outside its range");
        }
    }

    @Test
    void readsADateBeforeTheEpoch() {
        try (DateMilliVector vector = new DateMilliVector("day", allocator)) {
            vector.setSafe(0, -86_400_000L);

            assertThat(ColumnReaders.values("c", Types.DateType.get(), vector).at(0))
                    .isEqualTo(-1);
        }
    }

    @Test
    void refusesATimeAfterTheEndOfTheDay() {
        try (TimeMicroVector vector = new TimeMicroVector("time", allocator)) {
            vector.setSafe(0, 86_400_000_000L);

            refused(
                    Types.TimeType.get(),
                    vector,
                    "Column 'c' expects time but the batch holds a value outside its range");
        }
    }

    @Test
    void refusesToLoseNanosecondsOfATime() {
        try (TimeNanoVector vector = new TimeNanoVector("time", allocator)) {
            vector.setSafe(0, 1_001L);

            refused(
                    Types.TimeType.get(),
                    vector,
                    "Column 'c' counts microseconds but the batch holds a value with nanoseconds");
        }
    }

    @Test
    void refusesToLoseNanosecondsOfATimestamp() {
        try (TimeStampNanoVector vector = new TimeStampNanoVector("at", allocator)) {
            vector.setSafe(0, -1L);

            refused(
                    Types.TimestampType.withoutZone(),
                    vector,
                    "Column 'c' counts microseconds but the batch holds a value with nanoseconds");
        }
    }

    @Test
    void refusesSecondsThatAreTooManyNanoseconds() {
        try (TimeStampSecVector vector = new TimeStampSecVector("at", allocator)) {
            vector.setSafe(0, Long.MAX_VALUE / 1_000_000_000L + 1);

            refused(
                    Types.TimestampNanoType.withoutZone(),
                    vector,
                    "Column 'c' expects timestamp_ns but the batch holds a value outside its range");
        }
    }

    @Test
    void countsTheEarliestSecondsInMicroseconds() {
        try (TimeStampSecVector vector = new TimeStampSecVector("at", allocator)) {
            vector.setSafe(0, Long.MIN_VALUE / 1_000_000L);

            assertThat(ColumnReaders.longs("c", Types.TimestampType.withoutZone(), vector)
                            .at(0))
                    .isEqualTo(Long.MIN_VALUE / 1_000_000L * 1_000_000L);
        }
    }

    @Test
    void refusesADecimalWithMoreDigitsThanItsTypeSays() {
        try (DecimalVector vector = new DecimalVector("d", allocator, 5, 2)) {
            vector.setSafe(0, 100_000L);

            refused(
                    Types.DecimalType.of(5, 2),
                    vector,
                    "Column 'c' expects decimal(5, 2) but the batch holds a value with more digits");
        }
    }

    @Test
    void takesAWiderDecimalWhoseValueFits() {
        try (DecimalVector vector = new DecimalVector("d", allocator, 38, 1)) {
            vector.setSafe(0, new BigDecimal("-999.9"));

            assertThat(ColumnReaders.decimals("c", Types.DecimalType.of(5, 2), vector)
                            .at(0))
                    .isEqualTo(new BigDecimal("-999.90"));
        }
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        try (VarCharVector vector = new VarCharVector("s", allocator)) {
            vector.setSafe(0, new byte[] {'a', (byte) 0xC3});

            refused(
                    Types.StringType.get(),
                    vector,
                    "Column 'c' expects text but the batch holds bytes that are not UTF-8");
        }
    }

    @Test
    void readsGeometriesAsBytes() {
        try (VarBinaryVector vector = new VarBinaryVector("g", allocator)) {
            vector.setSafe(0, new byte[] {1, 2});

            assertThat(ColumnReaders.bytes("c", Types.GeometryType.crs84(), vector)
                            .at(0))
                    .containsExactly(1, 2);
        }
    }

    @Test
    void refusesTheNumbersOfADictionaryAsValues() {
        FieldType indexes =
                new FieldType(true, new ArrowType.Int(32, true), new DictionaryEncoding(7, false, null), Map.of());
        try (IntVector vector = new IntVector("city", indexes, allocator)) {
            assertThatThrownBy(() -> ColumnReaders.values("city", Types.IntegerType.get(), vector))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED))
                    .hasMessageStartingWith("Column 'city' is dictionary-encoded in Arrow");
        }
    }

    @ParameterizedTest
    @MethodSource("typesWithoutMeaningToIceberg")
    void refusesArrowTypesThatIcebergDoesNotHave(ArrowType type) {
        Field field = new Field("x", FieldType.nullable(type), List.of());
        try (FieldVector vector = field.createVector(allocator)) {
            assertThatThrownBy(() -> ColumnReaders.values("x", Types.LongType.get(), vector))
                    .isInstanceOf(TarnException.class)
                    .hasMessageContaining("Column 'x' has type long but the batch holds the Arrow type " + type);
        }
    }

    static Stream<ArrowType> typesWithoutMeaningToIceberg() {
        return Stream.of(
                new ArrowType.Interval(IntervalUnit.DAY_TIME),
                new ArrowType.Duration(TimeUnit.MICROSECOND),
                new ArrowType.Int(64, false));
    }

    private static void refused(Type type, FieldVector vector, String message) {
        vector.setValueCount(1);
        ColumnReaders.ValueReader reader = ColumnReaders.values("c", type, vector);
        assertThatThrownBy(() -> reader.at(0))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageStartingWith(message);
    }
}
