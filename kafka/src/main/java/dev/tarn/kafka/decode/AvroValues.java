package dev.tarn.kafka.decode;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads one datum of a schema (<a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">binary
 * encoding</a>). Written out here, as Avro's own reader allocates what a damaged length asks for. Not thread-safe.
 */
final class AvroValues {
    /** Levels of a recursive schema that one record may have. */
    static final int MAX_DEPTH = 100;

    /** Elements of all arrays and maps of one record: those of type null take no bytes, so bytes alone do not bound them. */
    static final int MAX_ELEMENTS = 1_000_000;

    private final RecordBytes bytes;
    private int elements;

    private AvroValues(RecordBytes bytes) {
        this.bytes = bytes;
    }

    /** The fields of a record that fills the buffer; of another datum the one field {@link RecordDecoder#WHOLE}. */
    static Map<String, @Nullable Object> read(Schema schema, ByteBuffer buffer) {
        RecordBytes bytes = new RecordBytes(buffer);
        AvroValues values = new AvroValues(bytes);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (schema.getType() == Schema.Type.RECORD) {
            fields = values.readRecord(schema, 0);
        } else {
            fields.put(RecordDecoder.WHOLE, values.read(schema, 0));
        }
        if (bytes.remaining() > 0) {
            throw RecordBytes.bad("%d bytes are left after the record; it was written with another schema"
                    .formatted(bytes.remaining()));
        }
        return fields;
    }

    private Map<String, @Nullable Object> readRecord(Schema schema, int depth) {
        if (depth > MAX_DEPTH) {
            throw RecordBytes.bad("values more than %d levels deep".formatted(MAX_DEPTH));
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Schema.Field field : schema.getFields()) {
            fields.put(field.name(), read(field.schema(), depth + 1));
        }
        return fields;
    }

    private @Nullable Object read(Schema schema, int depth) {
        return switch (schema.getType()) {
            case RECORD -> readRecord(schema, depth);
            case ARRAY -> readArray(schema.getElementType(), depth);
            case MAP -> readMap(schema.getValueType(), depth);
            case UNION -> readUnion(schema.getTypes(), depth);
            case ENUM -> readEnum(schema.getEnumSymbols());
            case NULL -> null;
            case BOOLEAN -> bytes.readBoolean();
            case INT -> ofInt(schema.getLogicalType(), bytes.readInt());
            case LONG -> ofLong(schema.getLogicalType(), bytes.readLong());
            case FLOAT -> bytes.readFloat();
            case DOUBLE -> bytes.readDouble();
            case STRING -> ofString(schema.getLogicalType(), bytes.readString());
            case BYTES -> ofBytes(schema.getLogicalType(), bytes.readBytes());
            case FIXED -> ofBytes(schema.getLogicalType(), bytes.readFixed(schema.getFixedSize()));
        };
    }

    private @Nullable Object readUnion(List<Schema> branches, int depth) {
        int branch = bytes.readInt();
        if (branch < 0 || branch >= branches.size()) {
            throw RecordBytes.bad("branch %d of a union of %d".formatted(branch, branches.size()));
        }
        return read(branches.get(branch), depth);
    }

    private String readEnum(List<String> symbols) {
        int symbol = bytes.readInt();
        if (symbol < 0 || symbol >= symbols.size()) {
            throw RecordBytes.bad("symbol %d of an enum of %d".formatted(symbol, symbols.size()));
        }
        return symbols.get(symbol);
    }

    private List<@Nullable Object> readArray(Schema element, int depth) {
        requireDepth(depth);
        List<@Nullable Object> list = new ArrayList<>();
        for (long count = readBlock(); count > 0; count = readBlock()) {
            for (long i = 0; i < count; i++) {
                list.add(read(element, depth + 1));
            }
        }
        return list;
    }

    private Map<String, @Nullable Object> readMap(Schema value, int depth) {
        requireDepth(depth);
        Entries map = new Entries();
        for (long count = readBlock(); count > 0; count = readBlock()) {
            for (long i = 0; i < count; i++) {
                map.put(bytes.readString(), read(value, depth + 1));
            }
        }
        return map;
    }

    /** Elements of the next block; a negative count is followed by the block's length in bytes. */
    private long readBlock() {
        long count = bytes.readLong();
        if (count < 0) {
            count = -count;
            bytes.readLong();
        }
        if (count < 0 || count > MAX_ELEMENTS - elements) {
            throw RecordBytes.bad("more than %d elements in one record".formatted(MAX_ELEMENTS));
        }
        elements += (int) count;
        return count;
    }

    private static void requireDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw RecordBytes.bad("values more than %d levels deep".formatted(MAX_DEPTH));
        }
    }

    private static Object ofInt(@Nullable LogicalType logical, int value) {
        if (logical instanceof LogicalTypes.Date) {
            return LocalDate.ofEpochDay(value);
        }
        if (logical instanceof LogicalTypes.TimeMillis) {
            return timeOfDay(value, 1_000_000L);
        }
        return value;
    }

    private static Object ofLong(@Nullable LogicalType logical, long value) {
        if (logical == null) {
            return value;
        }
        return switch (logical.getName()) {
            case "time-micros" -> timeOfDay(value, 1_000L);
            case "timestamp-millis" -> instant(value, ChronoUnit.MILLIS);
            case "timestamp-micros" -> instant(value, ChronoUnit.MICROS);
            case "timestamp-nanos" -> instant(value, ChronoUnit.NANOS);
            case "local-timestamp-millis" -> local(value, ChronoUnit.MILLIS);
            case "local-timestamp-micros" -> local(value, ChronoUnit.MICROS);
            case "local-timestamp-nanos" -> local(value, ChronoUnit.NANOS);
            default -> value;
        };
    }

    private static LocalTime timeOfDay(long value, long nanos) {
        if (value < 0 || value >= ChronoUnit.DAYS.getDuration().toNanos() / nanos) {
            throw RecordBytes.bad("a time of day that is outside of the day");
        }
        return LocalTime.ofNanoOfDay(value * nanos);
    }

    private static Instant instant(long value, ChronoUnit unit) {
        return Instant.EPOCH.plus(value, unit);
    }

    private static LocalDateTime local(long value, ChronoUnit unit) {
        return LocalDateTime.ofInstant(instant(value, unit), ZoneOffset.UTC);
    }

    private static Object ofString(@Nullable LogicalType logical, String value) {
        if (logical == null || !logical.getName().equals("uuid")) {
            return value;
        }
        try {
            return UUID.fromString(value);
        } catch (IllegalArgumentException e) {
            throw RecordBytes.bad("a string of type uuid that is none");
        }
    }

    private static Object ofBytes(@Nullable LogicalType logical, byte[] value) {
        if (logical instanceof LogicalTypes.Decimal decimal) {
            if (value.length == 0) {
                throw RecordBytes.bad("a decimal without bytes");
            }
            return new BigDecimal(new BigInteger(value), decimal.getScale());
        }
        if (logical != null && logical.getName().equals("uuid") && value.length == 16) {
            ByteBuffer buffer = ByteBuffer.wrap(value);
            return new UUID(buffer.getLong(), buffer.getLong());
        }
        return value;
    }
}
