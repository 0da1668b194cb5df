package dev.tarn.kafka.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import dev.tarn.kafka.registry.RegistryLogin;
import dev.tarn.kafka.registry.SchemaRegistry;
import dev.tarn.kafka.registry.TestRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Avro's own writer writes, and what nobody should write. */
class AvroDecoderTest {
    private static final String SCHEMA = """
            {"type": "record", "name": "Order", "fields": [
              {"name": "id", "type": "long"},
              {"name": "note", "type": ["null", "string"]},
              {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "DONE"]}},
              {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
              {"name": "day", "type": {"type": "int", "logicalType": "date"}},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
              {"name": "time", "type": {"type": "int", "logicalType": "time-millis"}},
              {"name": "ratio", "type": "double"},
              {"name": "tags", "type": {"type": "array", "items": "string"}},
              {"name": "counts", "type": {"type": "map", "values": "int"}},
              {"name": "inner", "type": {"type": "record", "name": "Inner", "fields": [{"name": "ok", "type": "boolean"}]}}
            ]}""";

    private final TestRegistry server = new TestRegistry();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyTypeComesBackAsItsJavaValue() {
        byte[] bytes = encode(order());

        Map<String, Object> fields = AvroDecoder.withSchema(SCHEMA).decode(bytes);

        assertThat(fields)
                .containsEntry("id", 5L)
                .containsEntry("note", "hello")
                .containsEntry("state", "DONE")
                .containsEntry("total", new BigDecimal("12.34"))
                .containsEntry("day", LocalDate.of(2024, 2, 29))
                .containsEntry("at", Instant.parse("2024-02-29T12:00:00.000001Z"))
                .containsEntry("time", LocalTime.of(1, 2, 3))
                .containsEntry("ratio", 0.5)
                .containsEntry("tags", List.of("a", "b"))
                .containsEntry("counts", Map.of("x", 1))
                .containsEntry("inner", Map.of("ok", true));
    }

    @Test
    void theSchemaIsFoundByTheIdInTheHeaderWithWhatItRefersTo() {
        server.register(
                "inner",
                1,
                "AVRO",
                "{\"type\":\"record\",\"name\":\"In\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}");
        server.register(
                3,
                "AVRO",
                "{\"type\":\"record\",\"name\":\"Out\",\"fields\":[{\"name\":\"in\",\"type\":\"In\"}]}",
                new TestRegistry.Reference("In", "inner", 1));

        Map<String, Object> fields = decoder().decode(new byte[] {0, 0, 0, 0, 3, 14});

        assertThat(fields).containsEntry("in", Map.of("a", 7));
    }

    @Test
    void unknownIdsOtherFormatsAndMissingHeadersAreBadRecords() {
        server.register(4, "JSON", "{}");

        assertBad(new byte[] {0, 0, 0, 0, 9, 1}, Fault.UNKNOWN_SCHEMA, "has no schema 9");
        assertBad(new byte[] {0, 0, 0, 0, 4, 1}, Fault.UNKNOWN_SCHEMA, "is of type JSON");
        assertBad(new byte[] {1, 2, 3}, Fault.UNDECODABLE, "Expected a zero byte and a schema id");
        assertBad(new byte[] {}, Fault.UNDECODABLE, "found 0 bytes");
    }

    @Test
    void aSchemaFileThatIsNoneIsNamed() {
        assertThatThrownBy(() -> AvroDecoder.withSchema("{"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("The Avro schema is no Avro schema");
    }

    @Test
    void lengthsThatLieAllocateNothing() {
        AvroDecoder bytes = AvroDecoder.withSchema(record("{\"name\":\"b\",\"type\":\"bytes\"}"));
        AvroDecoder nulls =
                AvroDecoder.withSchema(record("{\"name\":\"n\",\"type\":{\"type\":\"array\",\"items\":\"null\"}}"));
        byte[] hugeLength = varint(Integer.MAX_VALUE);
        byte[] hugeCount = varint(Long.MAX_VALUE);

        assertThatThrownBy(() -> bytes.decode(hugeLength))
                .isInstanceOf(BadRecordException.class)
                .hasMessageContaining("a length of 2147483647 where 0 bytes are left");
        assertThatThrownBy(() -> nulls.decode(hugeCount))
                .isInstanceOf(BadRecordException.class)
                .hasMessageContaining("more than 1000000 elements");
        assertThatThrownBy(() -> bytes.decode(varint(-5)))
                .isInstanceOf(BadRecordException.class)
                .hasMessageContaining("a length of -5");
    }

    @Test
    void recursiveSchemasEndBeforeTheStackDoes() {
        AvroDecoder decoder = AvroDecoder.withSchema(
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"R\"]}]}");
        byte[] deep = new byte[100_000];
        java.util.Arrays.fill(deep, (byte) 2);

        assertThatThrownBy(() -> decoder.decode(deep))
                .isInstanceOf(BadRecordException.class)
                .hasMessageContaining("more than 100 levels deep");
    }

    @Test
    void bytesLeftOverAreRefused() {
        AvroDecoder decoder = AvroDecoder.withSchema(record("{\"name\":\"i\",\"type\":\"int\"}"));

        assertThatThrownBy(() -> decoder.decode(new byte[] {2, 2}))
                .isInstanceOf(BadRecordException.class)
                .hasMessageContaining("1 bytes are left");
    }

    @Test
    void damagedRecordsAreBadRecordsAndNothingElse() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = encode(order());
        AvroDecoder decoder = AvroDecoder.withSchema(SCHEMA);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int change = random.nextInt(4); change > 0 && damaged.length > 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                decoder.decode(damaged);
            } catch (BadRecordException e) {
                assertThat(e.fault()).isEqualTo(Fault.UNDECODABLE);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", record " + i, e);
            }
        }
    }

    private AvroDecoder decoder() {
        return AvroDecoder.withRegistry(new SchemaRegistry(server.uri(), RegistryLogin.NONE));
    }

    private void assertBad(byte[] bytes, Fault fault, String message) {
        assertThatThrownBy(() -> decoder().decode(bytes))
                .isInstanceOfSatisfying(
                        BadRecordException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .hasMessageContaining(message);
    }

    private static GenericRecord order() {
        Schema schema = new Schema.Parser().parse(SCHEMA);
        GenericRecord order = new GenericData.Record(schema);
        order.put("id", 5L);
        order.put("note", "hello");
        order.put("state", new GenericData.EnumSymbol(schema.getField("state").schema(), "DONE"));
        order.put("total", ByteBuffer.wrap(java.math.BigInteger.valueOf(1234).toByteArray()));
        order.put("day", (int) LocalDate.of(2024, 2, 29).toEpochDay());
        order.put("at", 1_709_208_000_000_001L);
        order.put("time", 3_723_000);
        order.put("ratio", 0.5);
        order.put("tags", List.of("a", "b"));
        order.put("counts", Map.of("x", 1));
        GenericRecord inner = new GenericData.Record(schema.getField("inner").schema());
        inner.put("ok", true);
        order.put("inner", inner);
        return order;
    }

    private static byte[] encode(GenericRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            encoder.writeLong(value);
            encoder.flush();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String record(String field) {
        return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + field + "]}";
    }
}
