package dev.tarn.kafka.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages as fields by name: timestamps, dates, wrappers and decimals as values, other messages as maps. */
final class ProtobufValues {
    private ProtobufValues() {}

    static Map<String, @Nullable Object> fields(Message message) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            fields.put(field.getName(), field(message, field));
        }
        return fields;
    }

    private static @Nullable Object field(Message message, FieldDescriptor field) {
        if (field.isMapField()) {
            return map(message, field);
        }
        if (field.isRepeated()) {
            List<@Nullable Object> list = new ArrayList<>();
            for (Object element : (List<?>) message.getField(field)) {
                list.add(value(field, element));
            }
            return list;
        }
        if (field.hasPresence() && !message.hasField(field)) {
            return null;
        }
        return value(field, message.getField(field));
    }

    private static Entries map(Message message, FieldDescriptor field) {
        FieldDescriptor key = field.getMessageType().findFieldByName("key");
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        Entries map = new Entries();
        for (Object element : (List<?>) message.getField(field)) {
            Message entry = (Message) element;
            map.put(String.valueOf(entry.getField(key)), value(value, entry.getField(value)));
        }
        return map;
    }

    private static @Nullable Object value(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case UINT32, FIXED32 -> Integer.toUnsignedLong((Integer) value);
            case UINT64, FIXED64 -> new BigInteger(Long.toUnsignedString((Long) value));
            case BYTES -> ((ByteString) value).toByteArray();
            case ENUM -> ((EnumValueDescriptor) value).getName();
            case MESSAGE, GROUP -> message((Message) value);
            default -> value;
        };
    }

    private static @Nullable Object message(Message message) {
        return switch (message.getDescriptorForType().getFullName()) {
            case "google.protobuf.Timestamp" -> instant(message);
            case "google.type.Date" -> date(message);
            case "google.type.TimeOfDay" -> timeOfDay(message);
            case "confluent.type.Decimal" -> decimal(message);
            case "google.protobuf.DoubleValue",
                    "google.protobuf.FloatValue",
                    "google.protobuf.Int64Value",
                    "google.protobuf.UInt64Value",
                    "google.protobuf.Int32Value",
                    "google.protobuf.UInt32Value",
                    "google.protobuf.BoolValue",
                    "google.protobuf.StringValue",
                    "google.protobuf.BytesValue" -> field(message, named(message, "value"));
            default -> fields(message);
        };
    }

    private static Instant instant(Message timestamp) {
        try {
            return Instant.ofEpochSecond(number(timestamp, "seconds"), number(timestamp, "nanos"));
        } catch (DateTimeException | ArithmeticException e) {
            throw outOfRange(e);
        }
    }

    private static LocalDate date(Message date) {
        try {
            return LocalDate.of((int) number(date, "year"), (int) number(date, "month"), (int) number(date, "day"));
        } catch (DateTimeException e) {
            throw outOfRange(e);
        }
    }

    private static LocalTime timeOfDay(Message time) {
        try {
            return LocalTime.of(
                    (int) number(time, "hours"), (int) number(time, "minutes"), (int) number(time, "seconds"), (int)
                            number(time, "nanos"));
        } catch (DateTimeException e) {
            throw outOfRange(e);
        }
    }

    private static BigDecimal decimal(Message decimal) {
        byte[] unscaled = ((ByteString) decimal.getField(named(decimal, "value"))).toByteArray();
        return new BigDecimal(
                unscaled.length == 0 ? BigInteger.ZERO : new BigInteger(unscaled), (int) number(decimal, "scale"));
    }

    private static long number(Message message, String field) {
        return ((Number) message.getField(named(message, field))).longValue();
    }

    private static FieldDescriptor named(Message message, String field) {
        FieldDescriptor found = message.getDescriptorForType().findFieldByName(field);
        if (found == null) {
            throw new BadRecordException(
                    Fault.UNDECODABLE,
                    "Protobuf: %s has no field '%s'"
                            .formatted(message.getDescriptorForType().getFullName(), field));
        }
        return found;
    }

    private static BadRecordException outOfRange(RuntimeException cause) {
        return new BadRecordException(Fault.UNDECODABLE, "Protobuf: a date or time out of every range", cause);
    }
}
