package dev.tarn.testkit.rows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import org.apache.iceberg.variants.ShreddedObject;
import org.apache.iceberg.variants.ValueArray;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;
import org.jspecify.annotations.Nullable;

/**
 * Random records, with values in Iceberg's generic Java types: common values, rare ones, and the ends of the ranges that
 * every reader can express (years 1 to 9999). Not thread-safe.
 */
public final class RandomRecords {
    private static final String[] VARIANT_NAMES = {"a", "b", "kind", "at", "size", "tags", "geo", "ä"};
    private static final long FIRST_SECOND = LocalDateTime.of(1, 1, 2, 0, 0).toEpochSecond(ZoneOffset.UTC);
    private static final long LAST_SECOND = LocalDateTime.of(9999, 12, 30, 0, 0).toEpochSecond(ZoneOffset.UTC);

    /** The range of 64 bits of nanoseconds, less a year at each end. */
    private static final long LAST_NANO_SECOND = Long.MAX_VALUE / 1_000_000_000L - 31_536_000L;

    private final Random random;

    /** Whether variants are objects whose fields are of one type each, as machines write them. */
    private boolean uniformVariants;

    /** Records from a source of random numbers. */
    public RandomRecords(Random random) {
        this.random = random;
    }

    /** Records whose variants have something in common: objects whose fields are of one type each. */
    public List<Record> listOfUniformVariants(Schema schema, long firstId, int count) {
        uniformVariants = true;
        List<Record> records = list(schema, firstId, count);
        uniformVariants = false;
        return records;
    }

    /** Records with ids from a first one on. */
    public List<Record> list(Schema schema, long firstId, int count) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(next(schema, firstId + i));
        }
        return records;
    }

    /** One record; its field {@code id} has the given value. */
    public Record next(Schema schema, long id) {
        Record record = struct(schema.asStruct());
        record.setField("id", id);
        return record;
    }

    private Record struct(Types.StructType type) {
        GenericRecord record = GenericRecord.create(type);
        for (Types.NestedField field : type.fields()) {
            record.setField(field.name(), field(field));
        }
        return record;
    }

    private @Nullable Object field(Types.NestedField field) {
        return field.isOptional() && random.nextInt(5) == 0 ? null : value(field.type());
    }

    private @Nullable Object value(Type type) {
        return switch (type.typeId()) {
            case STRUCT -> struct(type.asStructType());
            case LIST -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(field(type.asListType().fields().get(0)));
                }
                yield list;
            }
            case MAP -> {
                Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(
                            value(type.asMapType().keyType()),
                            field(type.asMapType().fields().get(1)));
                }
                yield map;
            }
            case VARIANT -> variant();
            case UNKNOWN -> null;
            default -> primitive(type);
        };
    }

    private Object primitive(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> random.nextInt(8) == 0 ? Integer.MIN_VALUE + random.nextInt(2) : random.nextInt();
            case LONG -> random.nextInt(8) == 0 ? Long.MAX_VALUE - random.nextInt(2) : random.nextLong();
            case FLOAT -> (float) floatingPoint();
            case DOUBLE -> floatingPoint();
            case DATE -> LocalDate.ofEpochDay(second(FIRST_SECOND, LAST_SECOND) / 86_400);
            case TIME -> LocalTime.ofNanoOfDay(random.nextInt(86_400) * 1_000_000_000L + nanos(1_000));
            case TIMESTAMP -> {
                LocalDateTime stamp = stamp(FIRST_SECOND, LAST_SECOND, 1_000);
                yield ((Types.TimestampType) type).shouldAdjustToUTC() ? stamp.atOffset(ZoneOffset.UTC) : stamp;
            }
            case TIMESTAMP_NANO -> {
                LocalDateTime stamp = stamp(-LAST_NANO_SECOND, LAST_NANO_SECOND, 1);
                yield ((Types.TimestampNanoType) type).shouldAdjustToUTC() ? stamp.atOffset(ZoneOffset.UTC) : stamp;
            }
            case STRING -> text();
            case UUID -> new UUID(random.nextLong(), random.nextLong());
            case FIXED -> bytes(((Types.FixedType) type).length());
            case BINARY -> ByteBuffer.wrap(bytes(random.nextInt(30)));
            case GEOMETRY, GEOGRAPHY -> point();
            case DECIMAL -> decimal((Types.DecimalType) type);
            default -> throw new IllegalArgumentException("no random value of " + type);
        };
    }

    private double floatingPoint() {
        return switch (random.nextInt(10)) {
            case 0 -> Double.NaN;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> -0.0;
            default -> random.nextGaussian() * 1_000;
        };
    }

    private String text() {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "common-" + random.nextInt(5);
            case 2 -> "日本 é \uD83D\uDE00 " + random.nextInt(1_000);
            default -> "a longer text that is not repeated " + random.nextLong();
        };
    }

    private long second(long first, long last) {
        return first + Math.floorMod(random.nextLong(), last - first);
    }

    private long nanos(int step) {
        return random.nextInt(1_000_000_000 / step) * (long) step;
    }

    private LocalDateTime stamp(long first, long last, int nanoStep) {
        return LocalDateTime.ofInstant(Instant.ofEpochSecond(second(first, last), nanos(nanoStep)), ZoneOffset.UTC);
    }

    private BigDecimal decimal(Types.DecimalType type) {
        BigInteger limit = BigInteger.TEN.pow(type.precision());
        BigInteger unscaled =
                random.nextInt(8) == 0 ? limit.subtract(BigInteger.ONE) : new BigInteger(160, random).mod(limit);
        return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type.scale());
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A point as WKB. */
    private ByteBuffer point() {
        ByteBuffer wkb = ByteBuffer.allocate(21).order(ByteOrder.LITTLE_ENDIAN);
        wkb.put((byte) 1).putInt(1).putDouble(random.nextDouble() * 180).putDouble(random.nextDouble() * 90);
        return wkb.flip().order(ByteOrder.BIG_ENDIAN);
    }

    private Variant variant() {
        VariantMetadata names = Variants.metadata(VARIANT_NAMES);
        boolean primitive = !uniformVariants && random.nextInt(5) == 0;
        return Variant.of(names, primitive ? variantPrimitive() : variantObject(names, 2));
    }

    private VariantValue variantValue(VariantMetadata names, int depth) {
        return switch (depth == 0 ? 2 : random.nextInt(4)) {
            case 0 -> variantObject(names, depth - 1);
            case 1 -> {
                ValueArray array = Variants.array();
                for (int i = random.nextInt(3); i > 0; i--) {
                    array.add(variantValue(names, depth - 1));
                }
                yield array;
            }
            default -> variantPrimitive();
        };
    }

    private VariantValue variantObject(VariantMetadata names, int depth) {
        ShreddedObject object = Variants.object(names);
        for (String name : VARIANT_NAMES) {
            if (random.nextInt(3) > 0) {
                // Most values of a name are of one type, so that shredding has something to find.
                object.put(
                        name,
                        !uniformVariants && random.nextInt(4) == 0
                                ? variantValue(names, depth)
                                : variantOfName(name, names, depth));
            }
        }
        return object;
    }

    private VariantValue variantOfName(String name, VariantMetadata names, int depth) {
        return switch (name) {
            case "a" -> Variants.of(random.nextInt());
            case "b" -> Variants.of(text());
            case "kind" -> Variants.of("kind-" + random.nextInt(3));
            case "at" -> Variants.ofTimestamptz(random.nextLong());
            case "size" -> Variants.of(BigDecimal.valueOf(random.nextInt(100_000), 2));
            case "tags" -> {
                ValueArray array = Variants.array();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(Variants.of("tag-" + random.nextInt(9)));
                }
                yield array;
            }
            default -> depth == 0 ? Variants.of(random.nextDouble()) : variantObject(names, depth - 1);
        };
    }

    private VariantValue variantPrimitive() {
        return switch (random.nextInt(19)) {
            case 0 -> Variants.ofNull();
            case 1 -> Variants.of(random.nextBoolean());
            case 2 -> Variants.of((byte) random.nextInt());
            case 3 -> Variants.of((short) random.nextInt());
            case 4 -> Variants.of(random.nextInt());
            case 5 -> Variants.of(random.nextLong());
            case 6 -> Variants.of(random.nextFloat());
            case 7 -> Variants.of(random.nextDouble());
            case 8 -> Variants.of(BigDecimal.valueOf(random.nextInt(1_000_000), 3));
            case 9 -> Variants.of(BigDecimal.valueOf(random.nextLong(), 5));
            case 10 -> Variants.of(new BigDecimal(new BigInteger(120, random), 7));
            case 11 -> Variants.ofDate(random.nextInt(40_000));
            case 12 -> Variants.ofTime(random.nextInt(86_400) * 1_000_000L);
            case 13 -> Variants.ofTimestampntz(random.nextLong());
            case 14 -> Variants.ofTimestamptzNanos(random.nextLong());
            case 15 -> Variants.ofTimestampntzNanos(random.nextLong());
            case 16 -> Variants.of(ByteBuffer.wrap(bytes(random.nextInt(5))));
            case 17 -> Variants.ofUUID(new UUID(random.nextLong(), random.nextLong()));
            default -> Variants.of(text());
        };
    }
}
