package dev.tarn.testkit.rows;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantArray;
import org.apache.iceberg.variants.VariantObject;
import org.apache.iceberg.variants.VariantValue;
import org.jspecify.annotations.Nullable;

/**
 * One text for each value, the same whatever reader the value came from and simple enough to be written in any language:
 * numbers in decimal, floating-point numbers as the hexadecimal form of their bits (every NaN the same), dates as days, times
 * and timestamps as counts of their unit since the epoch, text and bytes as hexadecimal bytes, {@code [..]} for lists,
 * {@code {k:v,..}} for maps sorted by key, {@code (..)} for structs. Variants are compared by value: whole numbers of every
 * width are the same. Thread-safe.
 */
public final class CanonicalRows {
    private static final HexFormat HEX = HexFormat.of();
    private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

    /** How maps that are null are written. */
    private enum NullCollections {
        AS_NULL,
        AS_EMPTY
    }

    private CanonicalRows() {}

    /** The texts of all rows, sorted. */
    public static List<String> of(Types.StructType type, Collection<? extends StructLike> rows) {
        return rows.stream().map(row -> of(type, row)).sorted().toList();
    }

    /** As {@link #of(Types.StructType, Collection)}, for readers that cannot tell null maps and lists from empty ones. */
    public static List<String> ofNullCollectionsAsEmpty(Types.StructType type, Collection<? extends StructLike> rows) {
        return rows.stream()
                .map(row -> of(type, row, NullCollections.AS_EMPTY))
                .sorted()
                .toList();
    }

    /** The text of one value in Iceberg's generic Java types. */
    public static String of(Type type, @Nullable Object value) {
        return of(type, value, NullCollections.AS_NULL);
    }

    private static String of(Type type, @Nullable Object value, NullCollections nulls) {
        if (value == null) {
            boolean asEmpty = nulls == NullCollections.AS_EMPTY;
            return asEmpty && type.isMapType() ? "{}" : asEmpty && type.isListType() ? "[]" : "null";
        }
        return switch (type.typeId()) {
            case STRUCT -> struct(type.asStructType(), (StructLike) value, nulls);
            case LIST ->
                ((Collection<?>) value)
                        .stream()
                                .map(element -> of(type.asListType().elementType(), element, nulls))
                                .collect(Collectors.joining(",", "[", "]"));
            case MAP -> map(type.asMapType(), (Map<?, ?>) value, nulls);
            case FLOAT -> "%08x".formatted(Float.floatToIntBits((Float) value));
            case DOUBLE -> "%016x".formatted(Double.doubleToLongBits((Double) value));
            case DATE -> Long.toString(((LocalDate) value).toEpochDay());
            case TIME -> Long.toString(((LocalTime) value).toNanoOfDay() / 1_000);
            case TIMESTAMP -> Long.toString(ChronoUnit.MICROS.between(EPOCH, utc(value)));
            case TIMESTAMP_NANO -> Long.toString(ChronoUnit.NANOS.between(EPOCH, utc(value)));
            case STRING, UUID -> HEX.formatHex(value.toString().getBytes(StandardCharsets.UTF_8));
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case FIXED, BINARY, GEOMETRY, GEOGRAPHY -> bytes(value);
            case VARIANT -> variant(((Variant) value).value());
            default -> value.toString();
        };
    }

    private static String struct(Types.StructType type, StructLike row, NullCollections nulls) {
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < type.fields().size(); i++) {
            text.append(i == 0 ? "" : ",").append(of(type.fields().get(i).type(), row.get(i, Object.class), nulls));
        }
        return text.append(')').toString();
    }

    private static String map(Types.MapType type, Map<?, ?> map, NullCollections nulls) {
        Map<String, String> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(of(type.keyType(), key), of(type.valueType(), value, nulls)));
        return sorted.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static LocalDateTime utc(Object value) {
        return value instanceof OffsetDateTime zoned
                ? zoned.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()
                : (LocalDateTime) value;
    }

    private static String bytes(Object value) {
        if (value instanceof byte[] array) {
            return HEX.formatHex(array);
        }
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] array = new byte[buffer.remaining()];
        buffer.get(array);
        return HEX.formatHex(array);
    }

    private static String variant(VariantValue value) {
        return switch (value.type()) {
            case OBJECT -> {
                VariantObject object = value.asObject();
                Set<String> names = new TreeSet<>();
                object.fieldNames().forEach(names::add);
                yield names.stream()
                        .map(name ->
                                HEX.formatHex(name.getBytes(StandardCharsets.UTF_8)) + ":" + variant(object.get(name)))
                        .collect(Collectors.joining(",", "{", "}"));
            }
            case ARRAY -> {
                VariantArray array = value.asArray();
                StringBuilder text = new StringBuilder("[");
                for (int i = 0; i < array.numElements(); i++) {
                    text.append(i == 0 ? "" : ",").append(variant(array.get(i)));
                }
                yield text.append(']').toString();
            }
            case NULL -> "variant-null";
            case INT8, INT16, INT32, INT64 -> "int " + value.asPrimitive().get();
            case DECIMAL4, DECIMAL8, DECIMAL16 ->
                "decimal " + value.asPrimitive().get();
            case STRING ->
                "text " + HEX.formatHex(value.asPrimitive().get().toString().getBytes(StandardCharsets.UTF_8));
            case BINARY -> "bytes " + bytes(value.asPrimitive().get());
            default -> value.type() + " " + value.asPrimitive().get();
        };
    }
}
