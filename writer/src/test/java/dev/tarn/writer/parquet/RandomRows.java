package dev.tarn.writer.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Random rows over every type that can be written. */
public final class RandomRows {
    public static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "b", Types.BooleanType.get()),
            Types.NestedField.optional(3, "i", Types.IntegerType.get()),
            Types.NestedField.optional(4, "f", Types.FloatType.get()),
            Types.NestedField.optional(5, "d", Types.DoubleType.get()),
            Types.NestedField.optional(6, "date", Types.DateType.get()),
            Types.NestedField.optional(7, "time", Types.TimeType.get()),
            Types.NestedField.optional(8, "ts", Types.TimestampType.withoutZone()),
            Types.NestedField.optional(9, "tstz", Types.TimestampType.withZone()),
            Types.NestedField.optional(10, "tsns", Types.TimestampNanoType.withoutZone()),
            Types.NestedField.optional(11, "tstzns", Types.TimestampNanoType.withZone()),
            Types.NestedField.optional(12, "s", Types.StringType.get()),
            Types.NestedField.optional(13, "u", Types.UUIDType.get()),
            Types.NestedField.optional(14, "fix", Types.FixedType.ofLength(5)),
            Types.NestedField.optional(15, "bin", Types.BinaryType.get()),
            Types.NestedField.optional(16, "d9", Types.DecimalType.of(9, 2)),
            Types.NestedField.optional(17, "d18", Types.DecimalType.of(18, 4)),
            Types.NestedField.optional(18, "d38", Types.DecimalType.of(38, 10)),
            Types.NestedField.optional(
                    19,
                    "struct",
                    Types.StructType.of(
                            Types.NestedField.optional(20, "x", Types.IntegerType.get()),
                            Types.NestedField.required(21, "y", Types.StringType.get()))),
            Types.NestedField.optional(22, "list", Types.ListType.ofOptional(23, Types.LongType.get())),
            Types.NestedField.optional(
                    24, "map", Types.MapType.ofOptional(25, 26, Types.StringType.get(), Types.DoubleType.get())),
            Types.NestedField.optional(
                    27,
                    "deep",
                    Types.ListType.ofRequired(
                            28,
                            Types.StructType.of(
                                    Types.NestedField.optional(
                                            29, "inner", Types.ListType.ofOptional(30, Types.StringType.get())),
                                    Types.NestedField.optional(31, "n", Types.IntegerType.get())))));

    /** Types that a column of a random schema may have. */
    private static final List<Type> PRIMITIVES = SCHEMA.columns().stream()
            .map(Types.NestedField::type)
            .filter(Type::isPrimitiveType)
            .toList();

    private RandomRows() {}

    /** A schema with an id, and columns of random types up to three levels deep. */
    static Schema schema(Random random) {
        int[] nextId = {1_000};
        List<Types.NestedField> columns = new ArrayList<>();
        columns.add(Types.NestedField.required(1, "id", Types.LongType.get()));
        int count = 2 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            columns.add(field(random, nextId, "c" + i, type(random, nextId, 3)));
        }
        return new Schema(columns);
    }

    private static Types.NestedField field(Random random, int[] nextId, String name, Type type) {
        return random.nextInt(3) == 0
                ? Types.NestedField.required(nextId[0]++, name, type)
                : Types.NestedField.optional(nextId[0]++, name, type);
    }

    private static Type type(Random random, int[] nextId, int depth) {
        int shape = depth == 0 ? 0 : random.nextInt(6);
        return switch (shape) {
            case 1 -> {
                List<Types.NestedField> fields = new ArrayList<>();
                int count = 1 + random.nextInt(3);
                for (int i = 0; i < count; i++) {
                    fields.add(field(random, nextId, "f" + i, type(random, nextId, depth - 1)));
                }
                yield Types.StructType.of(fields);
            }
            case 2 -> {
                Type element = type(random, nextId, depth - 1);
                yield random.nextBoolean()
                        ? Types.ListType.ofOptional(nextId[0]++, element)
                        : Types.ListType.ofRequired(nextId[0]++, element);
            }
            case 3 -> {
                Type value = type(random, nextId, depth - 1);
                yield random.nextBoolean()
                        ? Types.MapType.ofOptional(nextId[0]++, nextId[0]++, Types.StringType.get(), value)
                        : Types.MapType.ofRequired(nextId[0]++, nextId[0]++, Types.StringType.get(), value);
            }
            default -> {
                Type primitive = PRIMITIVES.get(random.nextInt(PRIMITIVES.size()));
                // Arrays have no equality of their own inside lists, which would make the comparison of rows useless.
                yield primitive.typeId() == Type.TypeID.FIXED ? Types.BinaryType.get() : primitive;
            }
        };
    }

    static Record next(Random random, Schema schema) {
        return (Record) value(random, schema.asStruct());
    }

    public static Record next(Random random) {
        return (Record) value(random, SCHEMA.asStruct());
    }

    private static Object optional(Random random, Types.NestedField field) {
        return field.isOptional() && random.nextInt(5) == 0 ? null : value(random, field.type());
    }

    private static Object value(Random random, Type type) {
        return switch (type.typeId()) {
            case STRUCT -> {
                GenericRecord record = GenericRecord.create(type.asStructType());
                for (Types.NestedField field : type.asStructType().fields()) {
                    record.setField(field.name(), optional(random, field));
                }
                yield record;
            }
            case LIST -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(optional(random, type.asListType().fields().get(0)));
                }
                yield list;
            }
            case MAP -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(
                            "key" + random.nextInt(1_000),
                            optional(random, type.asMapType().fields().get(1)));
                }
                yield map;
            }
            default -> primitive(random, type);
        };
    }

    private static Object primitive(Random random, Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> random.nextInt();
            case LONG -> random.nextLong();
            case FLOAT -> (float) floatingPoint(random);
            case DOUBLE -> floatingPoint(random);
            case DATE -> LocalDate.ofEpochDay(random.nextInt(40_000) - 20_000);
            case TIME -> LocalTime.ofNanoOfDay(random.nextInt(86_400_000) * 1_000_000L + 123_000);
            case TIMESTAMP -> {
                LocalDateTime stamp = stamp(random, 1_000);
                yield ((Types.TimestampType) type).shouldAdjustToUTC() ? stamp.atOffset(ZoneOffset.UTC) : stamp;
            }
            case TIMESTAMP_NANO -> {
                LocalDateTime stamp = stamp(random, 1);
                yield ((Types.TimestampNanoType) type).shouldAdjustToUTC() ? stamp.atOffset(ZoneOffset.UTC) : stamp;
            }
            case STRING ->
                random.nextBoolean() ? "common-" + random.nextInt(5) : "é-" + random.nextLong() + "-long-text";
            case UUID -> new UUID(random.nextLong(), random.nextLong());
            case FIXED -> bytes(random, ((Types.FixedType) type).length());
            case BINARY -> ByteBuffer.wrap(bytes(random, random.nextInt(30)));
            case DECIMAL -> {
                Types.DecimalType decimal = (Types.DecimalType) type;
                BigInteger limit = BigInteger.TEN.pow(decimal.precision());
                BigInteger unscaled = new BigInteger(160, random).mod(limit);
                yield new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), decimal.scale());
            }
            default -> throw new IllegalArgumentException("no random value of " + type);
        };
    }

    private static double floatingPoint(Random random) {
        return switch (random.nextInt(40)) {
            case 0, 1, 2, 3 -> Double.NaN;
            case 4 -> -0.0;
            case 5 -> 0.0;
            case 6 -> Double.POSITIVE_INFINITY;
            case 7 -> Double.NEGATIVE_INFINITY;
            default -> random.nextGaussian();
        };
    }

    private static LocalDateTime stamp(Random random, int nanoStep) {
        Instant instant = Instant.ofEpochSecond(
                random.nextInt(2_000_000_000) - 1_000_000_000L,
                random.nextInt(999_999_999) / nanoStep * (long) nanoStep);
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
