package dev.tarn.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.vector.ExtensionTypeVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.BaseRepeatedValueVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;

/** Reads cells of Arrow vectors as plain Java values, and prints those as text and as JSON. */
final class Cells {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
    /** The largest whole number up to which every one is exact in a double, as many JSON readers use it. */
    private static final long LARGEST_EXACT = 1L << 53;
    /** Digits that a double always keeps. */
    private static final int EXACT_DIGITS = 15;

    private Cells() {}

    static JsonGenerator generator(OutputStream out) {
        try {
            JsonGenerator json = JSON.createGenerator(out);
            json.setRootValueSeparator(null);
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write JSON", e);
        }
    }

    /** A null, Boolean, Long, BigInteger, Float, Double, BigDecimal, String, java.time value, UUID, byte[], List or Map. */
    static @Nullable Object value(ValueVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        if (vector instanceof ExtensionTypeVector<?> extension) {
            return extension(extension.getField(), value(extension.getUnderlyingVector(), row));
        }
        if (vector instanceof MapVector map) {
            return map(map, row);
        }
        if (vector instanceof ListVector list) {
            return elements(list, list.getElementStartIndex(row), list.getElementEndIndex(row));
        }
        if (vector instanceof LargeListVector list) {
            return elements(list.getDataVector(), list.getElementStartIndex(row), list.getElementEndIndex(row));
        }
        if (vector instanceof FixedSizeListVector list) {
            return elements(list.getDataVector(), list.getElementStartIndex(row), list.getElementEndIndex(row));
        }
        if (vector instanceof StructVector struct) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            for (FieldVector child : struct.getChildrenFromFields()) {
                fields.put(child.getName(), value(child, row));
            }
            return fields;
        }
        return scalar(vector.getField(), vector.getObject(row));
    }

    private static @Nullable Object scalar(Field field, Object raw) {
        ArrowType type = field.getType();
        if (type instanceof ArrowType.Date date) {
            return date(date, raw);
        }
        if (type instanceof ArrowType.Timestamp timestamp) {
            return timestamp(timestamp, raw);
        }
        if (type instanceof ArrowType.Time time) {
            return time(time, raw);
        }
        if (type instanceof ArrowType.Int integer) {
            return integer(integer, raw);
        }
        if (raw instanceof byte[] bytes && bytes.length == 16 && isUuid(field)) {
            return extension(field, bytes);
        }
        return raw instanceof Text ? raw.toString() : raw;
    }

    private static boolean isUuid(Field field) {
        return "arrow.uuid".equals(field.getMetadata().get("ARROW:extension:name"))
                || (field.getType() instanceof ArrowType.ExtensionType extension
                        && extension.extensionName().equals("arrow.uuid"));
    }

    private static @Nullable Object extension(Field field, @Nullable Object storage) {
        if (storage instanceof byte[] bytes && bytes.length == 16 && isUuid(field)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new UUID(buffer.getLong(), buffer.getLong());
        }
        return storage;
    }

    private static Object date(ArrowType.Date type, Object raw) {
        if (raw instanceof LocalDateTime dateTime) {
            return dateTime.toLocalDate();
        }
        long number = ((Number) raw).longValue();
        return switch (type.getUnit()) {
            case DAY -> LocalDate.ofEpochDay(number);
            case MILLISECOND ->
                Instant.ofEpochMilli(number).atZone(ZoneOffset.UTC).toLocalDate();
        };
    }

    private static Object timestamp(ArrowType.Timestamp type, Object raw) {
        if (raw instanceof LocalDateTime) {
            return raw;
        }
        return Instant.EPOCH.plus(((Number) raw).longValue(), unit(type.getUnit()));
    }

    private static Object time(ArrowType.Time type, Object raw) {
        if (raw instanceof LocalDateTime dateTime) {
            return dateTime.toLocalTime();
        }
        return LocalTime.MIDNIGHT.plus(((Number) raw).longValue(), unit(type.getUnit()));
    }

    private static ChronoUnit unit(TimeUnit unit) {
        return switch (unit) {
            case SECOND -> ChronoUnit.SECONDS;
            case MILLISECOND -> ChronoUnit.MILLIS;
            case MICROSECOND -> ChronoUnit.MICROS;
            case NANOSECOND -> ChronoUnit.NANOS;
        };
    }

    private static Object integer(ArrowType.Int type, Object raw) {
        if (raw instanceof Character character) {
            return (long) character;
        }
        long number = ((Number) raw).longValue();
        if (type.getIsSigned()) {
            return number;
        }
        return switch (type.getBitWidth()) {
            case 8 -> number & 0xFFL;
            case 16 -> number & 0xFFFFL;
            case 32 -> number & 0xFFFF_FFFFL;
            default -> number >= 0 ? (Object) number : new BigInteger(Long.toUnsignedString(number));
        };
    }

    private static List<@Nullable Object> elements(BaseRepeatedValueVector list, long from, long to) {
        return elements(list.getDataVector(), from, to);
    }

    private static List<@Nullable Object> elements(ValueVector data, long from, long to) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (long index = from; index < to; index++) {
            elements.add(value(data, (int) index));
        }
        return elements;
    }

    private static Object map(MapVector map, int row) {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        StructVector entry = (StructVector) map.getDataVector();
        ValueVector keys = entry.getChildByOrdinal(0);
        ValueVector values = entry.getChildByOrdinal(1);
        for (int index = map.getElementStartIndex(row); index < map.getElementEndIndex(row); index++) {
            entries.put(text(value(keys, index)), value(values, index));
        }
        return entries;
    }

    /** The text of a cell; a null is empty, nested values are JSON. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof List || value instanceof Map) {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(text)) {
                writeJson(json, value);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot write JSON", e);
            }
            return text.toString();
        }
        return value.toString();
    }

    /**
     * Writes a value. Numbers that a double cannot hold exactly become strings, and so do dates, times and bytes (in
     * hexadecimal).
     */
    static void writeJson(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value instanceof Long number && Math.abs(number) <= LARGEST_EXACT) {
            json.writeNumber(number);
        } else if (value instanceof Float number && Float.isFinite(number)) {
            json.writeNumber(number);
        } else if (value instanceof Double number && Double.isFinite(number)) {
            json.writeNumber(number);
        } else if (value instanceof BigDecimal decimal && decimal.precision() <= EXACT_DIGITS) {
            json.writeNumber(decimal.toPlainString());
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                writeJson(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                writeJson(json, entry.getValue());
            }
            json.writeEndObject();
        } else {
            json.writeString(text(value));
        }
    }
}
