package dev.tarn.writer.arrow;

import dev.tarn.writer.internal.Utf8;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.variants.ShreddedObject;
import org.apache.iceberg.variants.ValueArray;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantArray;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.VariantObject;
import org.apache.iceberg.variants.VariantPrimitive;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;
import org.jspecify.annotations.Nullable;

/**
 * Variants out of Java values, and their bytes. Taken are: Iceberg's {@code Variant} and {@code VariantValue}, maps with text
 * keys, collections, null, and Java's types for truth values, numbers, text, bytes, UUIDs, dates, times and timestamps (with
 * a zone: {@code OffsetDateTime}, {@code Instant}). Thread-safe.
 */
public final class VariantValues {
    /** Readers go down recursively, so the depth has to end somewhere; data of any sense is far from it. */
    private static final int MAX_DEPTH = 128;

    private static final int MAX_DECIMAL_DIGITS = 38;
    private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

    private VariantValues() {}

    /**
     * The variant of a Java value; null gives the variant that is null.
     *
     * @throws IllegalArgumentException for values of another type, for more than 128 levels, and for decimals of more than 38
     *     digits
     */
    public static Variant of(@Nullable Object value) {
        if (value instanceof Variant variant) {
            return variant;
        }
        Set<String> names = new TreeSet<>();
        collectNames(value, names, 0);
        VariantMetadata metadata = Variants.metadata(names);
        return Variant.of(metadata, value(metadata, value));
    }

    /** Writes a variant into the vector of a variant column, at an index. */
    public static void set(StructVector vector, int index, Variant variant) {
        vector.setIndexDefined(index);
        part(vector, ArrowSchemas.VARIANT_METADATA).setSafe(index, bytes(variant.metadata()));
        part(vector, ArrowSchemas.VARIANT_VALUE).setSafe(index, bytes(variant.value()));
    }

    /** The encoded form of a variant's metadata. */
    public static byte[] bytes(VariantMetadata metadata) {
        byte[] bytes = new byte[metadata.sizeInBytes()];
        metadata.writeTo(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0);
        return bytes;
    }

    /** The encoded form of a variant's value. */
    public static byte[] bytes(VariantValue value) {
        byte[] bytes = new byte[value.sizeInBytes()];
        value.writeTo(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0);
        return bytes;
    }

    private static VarBinaryVector part(StructVector vector, String name) {
        return vector.getChild(name, VarBinaryVector.class);
    }

    private static void collectNames(@Nullable Object value, Set<String> names, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("it has more than %d levels".formatted(MAX_DEPTH));
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, field) -> {
                if (!(name instanceof String text)) {
                    throw new IllegalArgumentException("names of fields must be text");
                }
                Utf8.encode(text);
                names.add(text);
                collectNames(field, names, depth + 1);
            });
        } else if (value instanceof Iterable<?> elements) {
            elements.forEach(element -> collectNames(element, names, depth + 1));
        } else if (value instanceof VariantObject object) {
            object.fieldNames().forEach(name -> {
                names.add(name);
                collectNames(object.get(name), names, depth + 1);
            });
        } else if (value instanceof VariantArray array) {
            for (int i = 0; i < array.numElements(); i++) {
                collectNames(array.get(i), names, depth + 1);
            }
        }
    }

    private static VariantValue value(VariantMetadata metadata, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            ShreddedObject object = Variants.object(metadata);
            map.forEach((name, field) -> object.put((String) name, value(metadata, field)));
            return object;
        }
        if (value instanceof Iterable<?> elements) {
            ValueArray array = Variants.array();
            elements.forEach(element -> array.add(value(metadata, element)));
            return array;
        }
        if (value instanceof VariantObject given) {
            ShreddedObject object = Variants.object(metadata);
            given.fieldNames().forEach(name -> object.put(name, value(metadata, given.get(name))));
            return object;
        }
        if (value instanceof VariantArray given) {
            ValueArray array = Variants.array();
            for (int i = 0; i < given.numElements(); i++) {
                array.add(value(metadata, given.get(i)));
            }
            return array;
        }
        return value == null ? Variants.ofNull() : primitive(value);
    }

    private static VariantValue primitive(Object value) {
        if (value instanceof VariantPrimitive<?> primitive) {
            return primitive;
        }
        if (value instanceof Boolean truth) {
            return Variants.of(truth);
        }
        if (value instanceof CharSequence text) {
            Utf8.encode(text);
            return Variants.of(text.toString());
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof byte[] bytes) {
            return Variants.of(ByteBuffer.wrap(bytes.clone()));
        }
        if (value instanceof ByteBuffer bytes) {
            return Variants.of(bytes.duplicate());
        }
        if (value instanceof UUID uuid) {
            return Variants.ofUUID(uuid);
        }
        return temporal(value);
    }

    private static VariantValue number(Number value) {
        if (value instanceof Byte number) {
            return Variants.of(number);
        }
        if (value instanceof Short number) {
            return Variants.of(number);
        }
        if (value instanceof Integer number) {
            return Variants.of(number);
        }
        if (value instanceof Long number) {
            return Variants.of(number);
        }
        if (value instanceof Float number) {
            return Variants.of(number);
        }
        if (value instanceof Double number) {
            return Variants.of(number);
        }
        if (value instanceof BigInteger number) {
            return decimal(new BigDecimal(number));
        }
        if (value instanceof BigDecimal number) {
            return decimal(number);
        }
        throw unsupported(value);
    }

    private static VariantValue decimal(BigDecimal value) {
        BigDecimal plain = value.scale() < 0 ? value.setScale(0) : value;
        if (plain.precision() > MAX_DECIMAL_DIGITS || plain.scale() > MAX_DECIMAL_DIGITS) {
            throw new IllegalArgumentException("decimals of a variant have at most 38 digits");
        }
        return Variants.of(plain);
    }

    private static VariantValue temporal(Object value) {
        if (value instanceof LocalDate date) {
            return Variants.ofDate(Math.toIntExact(date.toEpochDay()));
        }
        if (value instanceof LocalTime time) {
            if (time.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0) {
                throw new IllegalArgumentException("times of a variant have no nanoseconds");
            }
            return Variants.ofTime(time.toNanoOfDay() / 1_000);
        }
        if (value instanceof LocalDateTime stamp) {
            return stamp.get(ChronoField.NANO_OF_SECOND) % 1_000 == 0
                    ? Variants.ofTimestampntz(ChronoUnit.MICROS.between(EPOCH, stamp))
                    : Variants.ofTimestampntzNanos(ChronoUnit.NANOS.between(EPOCH, stamp));
        }
        if (value instanceof Instant instant) {
            return zoned(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        }
        if (value instanceof OffsetDateTime stamp) {
            return zoned(stamp.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime());
        }
        throw unsupported(value);
    }

    private static VariantValue zoned(LocalDateTime utc) {
        return utc.get(ChronoField.NANO_OF_SECOND) % 1_000 == 0
                ? Variants.ofTimestamptz(ChronoUnit.MICROS.between(EPOCH, utc))
                : Variants.ofTimestamptzNanos(ChronoUnit.NANOS.between(EPOCH, utc));
    }

    private static IllegalArgumentException unsupported(Object value) {
        return new IllegalArgumentException(
                "variants hold no values of Java type " + value.getClass().getSimpleName());
    }
}
