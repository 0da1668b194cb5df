package dev.tarn.writer.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RowTransposerTest {
    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(Types.IntegerType.get(), 1L << 31, "Long does not fit: integer overflow"),
                Arguments.of(Types.FloatType.get(), 1e300, "Double does not fit: it is too large"),
                Arguments.of(
                        Types.TimeType.get(), LocalTime.ofNanoOfDay(1), "LocalTime does not fit: it has nanoseconds"),
                Arguments.of(
                        Types.TimestampType.withoutZone(),
                        LocalDateTime.of(2026, 1, 1, 0, 0, 0, 1),
                        "LocalDateTime does not fit: it has nanoseconds"),
                Arguments.of(
                        Types.TimestampNanoType.withoutZone(),
                        LocalDateTime.of(2300, 1, 1, 0, 0),
                        "LocalDateTime does not fit: long overflow"),
                Arguments.of(
                        Types.TimestampType.withZone(),
                        LocalDateTime.of(2026, 1, 1, 0, 0),
                        "LocalDateTime does not fit"),
                Arguments.of(
                        Types.DecimalType.of(4, 2),
                        new BigDecimal("100.00"),
                        "BigDecimal does not fit: it has too many digits"),
                Arguments.of(
                        Types.DecimalType.of(4, 2),
                        new BigDecimal("1.001"),
                        "BigDecimal does not fit: Rounding necessary"),
                Arguments.of(
                        Types.StringType.get(), "\uD800", "String does not fit: the text holds half a surrogate pair"),
                Arguments.of(Types.FixedType.ofLength(3), new byte[2], "byte[] does not fit: it has 2 bytes, not 3"),
                Arguments.of(
                        Types.UnknownType.get(),
                        1,
                        "Integer does not fit: a column of type unknown holds nothing but nulls"),
                Arguments.of(Types.BooleanType.get(), "true", "String does not fit"),
                Arguments.of(
                        Types.VariantType.get(),
                        new Object(),
                        "Object does not fit: variants hold no values of Java type Object"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void refusesWhatWouldBeChanged(Type type, Object value, String message) {
        assertThatThrownBy(() -> transpose(type, value))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageStartingWith("Column 'c' expects %s but a value of Java type %s".formatted(type, message));
    }

    @Test
    void refusesAFieldThatTheStructDoesNotHave() {
        Types.StructType type = Types.StructType.of(Types.NestedField.optional(2, "street", Types.StringType.get()));

        assertThatThrownBy(() -> transpose(type, Map.of("stret", "x")))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'c' has no field 'stret', did you mean 'street'?");
    }

    @Test
    void namesTheNestedColumn() {
        Type type = Types.ListType.ofOptional(2, Types.IntegerType.get());

        assertThatThrownBy(() -> transpose(type, List.of("x")))
                .isInstanceOf(TarnException.class)
                .hasMessage(
                        "Column 'c.element' expects int but a value of Java type String does not fit: no whole number");
    }

    @Test
    void takesInstantsForTimestampsWithAZone() {
        assertThat(transpose(Types.TimestampType.withZone(), Instant.EPOCH.plusSeconds(1)))
                .isEqualTo(1_000_000L);
    }

    private static long transpose(Type type, Object value) {
        Schema schema = new Schema(Types.NestedField.optional(1, "c", type));
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator)) {
            RowTransposer transposer = new RowTransposer(schema, batch);
            transposer.begin();
            transposer.add((name, position) -> value);
            transposer.end();
            return batch.getVector(0) instanceof TimeStampVector stamps ? stamps.get(0) : 0;
        }
    }
}
