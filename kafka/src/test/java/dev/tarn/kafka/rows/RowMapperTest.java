package dev.tarn.kafka.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.BadRecordException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import dev.tarn.kafka.decode.JsonDecoder;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON into every type of column. */
class RowMapperTest {
    private static final ConsumerRecord<byte[], byte[]> ORIGIN = new ConsumerRecord<>("t", 0, 0, null, null);

    @Test
    void everyTypeTakesWhatItCanHold() {
        assertThat(value(Types.BooleanType.get(), "true")).isEqualTo(true);
        assertThat(value(Types.IntegerType.get(), "2147483647")).isEqualTo(Integer.MAX_VALUE);
        assertThat(value(Types.LongType.get(), "-5")).isEqualTo(-5L);
        assertThat(value(Types.FloatType.get(), "1.5")).isEqualTo(1.5f);
        assertThat(value(Types.DoubleType.get(), "\"NaN\"")).isEqualTo(Double.NaN);
        assertThat(value(Types.DecimalType.of(5, 2), "1.5")).isEqualTo(new BigDecimal("1.50"));
        assertThat(value(Types.DecimalType.of(5, 2), "\"1.5\"")).isEqualTo(new BigDecimal("1.50"));
        assertThat(value(Types.DateType.get(), "\"2024-02-29\"")).isEqualTo(LocalDate.of(2024, 2, 29));
        assertThat(value(Types.TimeType.get(), "\"01:02:03\"")).isEqualTo(LocalTime.of(1, 2, 3));
        assertThat(value(Types.TimestampType.withZone(), "\"2024-01-01T01:00:00+01:00\""))
                .isEqualTo(OffsetDateTime.parse("2024-01-01T00:00:00Z"));
        assertThat(value(Types.TimestampType.withoutZone(), "\"2024-01-01 01:00:00\""))
                .isEqualTo(LocalDateTime.parse("2024-01-01T01:00:00"));
        assertThat(value(Types.StringType.get(), "\"x\"")).isEqualTo("x");
        assertThat(value(Types.UUIDType.get(), "\"00000000-0000-0001-0000-000000000002\""))
                .isEqualTo(new UUID(1, 2));
        assertThat(value(Types.BinaryType.get(), "\"AQI=\"")).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(value(Types.ListType.ofOptional(2, Types.IntegerType.get()), "[1, null]"))
                .isEqualTo(java.util.Arrays.asList(1, null));
        assertThat(value(
                        Types.MapType.ofOptional(2, 3, Types.IntegerType.get(), Types.BooleanType.get()),
                        "{\"1\": true}"))
                .isEqualTo(Map.of(1, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int|2147483648",
                "int|1.0",
                "int|\"1\"",
                "long|9223372036854775808",
                "boolean|1",
                "string|1",
                "decimal(5,2)|1.234",
                "decimal(5,2)|1234.5",
                "decimal(5,2)|1E999999999",
                "decimal(5,2)|1E-999999999",
                "date|\"+999999999-01-01\"",
                "date|\"yesterday\"",
                "time|5",
                "timestamptz|\"2024-01-01T00:00:00\"",
                "timestamp|\"2024-01-01T00:00:00Z\"",
                "timestamp|1",
                "timestamp|\"+999999999-01-01T00:00:00\"",
                "uuid|\"x\"",
                "binary|\"***\"",
                "fixed[3]|\"AQI=\"",
                "double|1E400",
                "float|1E39",
                "double|\"1\""
            })
    void whatAColumnCannotHoldIsABadRecordWithoutTheValue(String typeAndJson) {
        String[] parts = typeAndJson.split("\\|", 2);
        Type type = Types.fromPrimitiveString(parts[0]);

        assertThatThrownBy(() -> value(type, parts[1]))
                .isInstanceOfSatisfying(
                        BadRecordException.class, e -> assertThat(e.fault()).isEqualTo(Fault.WRONG_VALUE))
                .hasMessageStartingWith("Column 'c' expects ")
                .hasMessageNotContaining(parts[1].replace("\"", "") + "'")
                .hasNoCause();
    }

    @Test
    void numbersAreTimesOnlyWithAUnit() {
        RowRules millis = new RowRules(UnknownFields.REFUSE, Optional.of(ChronoUnit.MILLIS), Map.of());

        assertThat(map(millis, Types.TimestampType.withZone(), "1000"))
                .isEqualTo(OffsetDateTime.parse("1970-01-01T00:00:01Z"));
        assertThat(map(millis, Types.TimeType.get(), "1000")).isEqualTo(LocalTime.of(0, 0, 1));
        assertThatThrownBy(() -> map(millis, Types.TimestampType.withZone(), "9223372036854775807"))
                .isInstanceOf(BadRecordException.class);
    }

    @Test
    void whatIsFinerThanTheColumnIsCutOff() {
        RowMapper mapper = new RowMapper(column(Types.TimestampType.withZone()), RowRules.strict());

        Object[] row = mapper.map(Map.of("c", Instant.parse("2024-01-01T00:00:00.123456789Z")), ORIGIN);

        assertThat(row[0]).isEqualTo(OffsetDateTime.parse("2024-01-01T00:00:00.123456Z"));
    }

    @Test
    void absentFieldsTakeTheDefaultAndNullDoesNot() {
        Schema schema = new Schema(Types.NestedField.optional("c")
                .withId(1)
                .ofType(Types.LongType.get())
                .withWriteDefault(Literal.of(7L))
                .build());
        RowMapper mapper = new RowMapper(schema, RowRules.strict());

        assertThat(mapper.map(json("{}"), ORIGIN)[0]).isEqualTo(7L);
        assertThat(mapper.map(json("{\"c\": null}"), ORIGIN)[0]).isNull();
    }

    @Test
    void fieldsWithoutAColumnAreNamedWhereverTheyAre() {
        Schema schema = new Schema(Types.NestedField.optional(
                1,
                "list",
                Types.ListType.ofOptional(
                        2, Types.StructType.of(Types.NestedField.optional(3, "known", Types.LongType.get())))));
        RowMapper refuse = new RowMapper(schema, RowRules.strict());
        RowMapper discard = new RowMapper(schema, RowRules.strict().withUnknownFields(UnknownFields.DISCARD));

        assertThatThrownBy(() -> refuse.map(json("{\"list\": [{\"knownn\": 1}]}"), ORIGIN))
                .isInstanceOf(BadRecordException.class)
                .hasMessage("Field 'list.element.knownn' has no column, did you mean 'known'?");
        assertThat(discard.map(json("{\"list\": [{\"knownn\": 1}]}"), ORIGIN)[0])
                .isEqualTo(List.of(java.util.Collections.singletonMap("known", null)));
        assertThat(refuse.map(json("{\"other\": null}"), ORIGIN)[0]).isNull();
    }

    @Test
    void columnsForOriginsMustExist() {
        RowRules rules = new RowRules(UnknownFields.REFUSE, Optional.empty(), Map.of(RecordField.OFFSET, "offst"));

        assertThatThrownBy(() -> new RowMapper(column(Types.LongType.get()), rules))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("no column 'offst' for the offset of records")
                .hasMessageContaining("add it as long");
    }

    @Test
    void schemasGrowByWhatAValueTellsAndNoFurtherThanTheLimit() {
        Schema table = new Schema(Types.NestedField.optional(1, "i", Types.IntegerType.get()));
        StringBuilder many = new StringBuilder("{\"f0\": 1");
        for (int i = 1; i < SchemaGrowth.MAX_COLUMNS; i++) {
            many.append(", \"f").append(i).append("\": 1");
        }

        Schema missing = growth(table, "{\"i\": 3000000000, \"d\": 1.5, \"n\": null, \"e\": [], \"s\": {\"x\": \"y\"}}")
                .orElseThrow();
        assertThat(missing.findType("i")).isEqualTo(Types.LongType.get());
        assertThat(missing.findType("d")).isEqualTo(Types.DoubleType.get());
        assertThat(missing.findType("s.x")).isEqualTo(Types.StringType.get());
        assertThat(missing.findField("n")).isNull();
        assertThat(missing.findField("e")).isNull();
        assertThat(growth(table, "{\"i\": 5}")).isEmpty();
        assertThat(growth(table, many + "}")).isEmpty();
    }

    private static Optional<Schema> growth(Schema table, String json) {
        return SchemaGrowth.of(table, json(json), java.util.Set.of(), new JsonDecoder());
    }

    private static Object value(Type type, String json) {
        return map(RowRules.strict(), type, json);
    }

    private static Object map(RowRules rules, Type type, String json) {
        return new RowMapper(column(type), rules).map(json("{\"c\": " + json + "}"), ORIGIN)[0];
    }

    private static Schema column(Type type) {
        return new Schema(Types.NestedField.optional(1, "c", type));
    }

    private static Map<String, Object> json(String text) {
        return new JsonDecoder().decode(text.getBytes(StandardCharsets.UTF_8));
    }
}
