package dev.tarn.writer.copy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Random schemas, nested up to three levels, and random rows of them. */
final class RandomTables {
    private static final List<Type> PRIMITIVES = List.of(
            Types.BooleanType.get(),
            Types.IntegerType.get(),
            Types.LongType.get(),
            Types.FloatType.get(),
            Types.DoubleType.get(),
            Types.DateType.get(),
            Types.TimeType.get(),
            Types.TimestampType.withoutZone(),
            Types.TimestampType.withZone(),
            Types.TimestampNanoType.withoutZone(),
            Types.StringType.get(),
            Types.UUIDType.get(),
            Types.FixedType.ofLength(3),
            Types.BinaryType.get(),
            Types.DecimalType.of(9, 2),
            Types.DecimalType.of(18, 0),
            Types.DecimalType.of(38, 10));

    private final Random random;

    RandomTables(Random random) {
        this.random = random;
    }

    Schema schema() {
        AtomicInteger lastId = new AtomicInteger(20);
        List<Types.NestedField> columns = new ArrayList<>();
        columns.add(Types.NestedField.required(1, "id", Types.LongType.get()));
        for (int i = 2 + random.nextInt(8); i >= 2; i--) {
            columns.add(field(i, "c" + i, type(3, lastId)));
        }
        return new Schema(columns);
    }

    List<Record> rows(Schema schema, int count) {
        List<Record> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Record row = (Record) value(schema.asStruct());
            row.setField("id", (long) i);
            rows.add(row);
        }
        return rows;
    }

    /** A value with everything in it, as two that are equal both give. */
    static String text(Object value) {
        if (value instanceof Record row) {
            List<String> fields = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                fields.add(text(row.get(i)));
            }
            return fields.toString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(RandomTables::text).toList().toString();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, element) -> sorted.put(text(key), text(element)));
            return sorted.toString();
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return HexFormat.of().formatHex(bytes);
        }
        return String.valueOf(value);
    }

    private Types.NestedField field(int id, String name, Type type) {
        return random.nextInt(3) == 0
                ? Types.NestedField.required(id, name, type)
                : Types.NestedField.optional(id, name, type);
    }

    private Type type(int depth, AtomicInteger lastId) {
        switch (depth == 0 ? 9 : random.nextInt(8)) {
            case 0 -> {
                List<Types.NestedField> fields = new ArrayList<>();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    fields.add(field(lastId.incrementAndGet(), "f" + i, type(depth - 1, lastId)));
                }
                return Types.StructType.of(fields);
            }
            case 1 -> {
                int id = lastId.incrementAndGet();
                Type element = type(depth - 1, lastId);
                return random.nextBoolean()
                        ? Types.ListType.ofOptional(id, element)
                        : Types.ListType.ofRequired(id, element);
            }
            case 2 -> {
                int key = lastId.incrementAndGet();
                int value = lastId.incrementAndGet();
                Type values = type(depth - 1, lastId);
                return random.nextBoolean()
                        ? Types.MapType.ofOptional(key, value, Types.StringType.get(), values)
                        : Types.MapType.ofRequired(key, value, Types.StringType.get(), values);
            }
            default -> {
                return PRIMITIVES.get(random.nextInt(PRIMITIVES.size()));
            }
        }
    }

    private Object optional(Types.NestedField field) {
        return field.isOptional() && random.nextInt(4) == 0 ? null : value(field.type());
    }

    private Object value(Type type) {
        return switch (type.typeId()) {
            case STRUCT -> {
                GenericRecord record = GenericRecord.create(type.asStructType());
                type.asStructType().fields().forEach(field -> record.setField(field.name(), optional(field)));
                yield record;
            }
            case LIST -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(optional(type.asListType().fields().get(0)));
                }
                yield list;
            }
            case MAP -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put("k" + i, optional(type.asMapType().fields().get(1)));
                }
                yield map;
            }
            default -> primitive(type);
        };
    }

    private Object primitive(Type type) {
        LocalDateTime stamp =
                LocalDateTime.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000, ZoneOffset.UTC);
        return switch (type.typeId()) {
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> random.nextInt();
            case LONG -> random.nextLong();
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextGaussian();
            case DATE -> LocalDate.ofEpochDay(random.nextInt(40_000) - 20_000);
            case TIME -> LocalTime.ofNanoOfDay(random.nextInt(86_400_000) * 1_000_000L);
            case TIMESTAMP -> ((Types.TimestampType) type).shouldAdjustToUTC() ? stamp.atOffset(ZoneOffset.UTC) : stamp;
            case TIMESTAMP_NANO -> stamp.plusNanos(random.nextInt(1_000));
            case STRING -> random.nextBoolean() ? "common-" + random.nextInt(5) : "é-" + random.nextLong();
            case UUID -> new UUID(random.nextLong(), random.nextLong());
            case FIXED -> bytes(3);
            case BINARY -> ByteBuffer.wrap(bytes(random.nextInt(20)));
            case DECIMAL -> {
                Types.DecimalType decimal = (Types.DecimalType) type;
                BigInteger unscaled = new BigInteger(160, random).mod(BigInteger.TEN.pow(decimal.precision()));
                yield new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), decimal.scale());
            }
            default -> throw new IllegalArgumentException("no random value of " + type);
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
