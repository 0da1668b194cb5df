package dev.tarn.kafka;

import dev.tarn.kafka.KafkaIngestOptions.Envelope;
import dev.tarn.kafka.decode.BadRecordException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import dev.tarn.kafka.decode.RecordDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Finds out what a record wants: a row written, a row gone, or nothing. Not thread-safe. */
final class RecordReader {
    private final RecordDecoder values;
    private final Optional<RecordDecoder> keys;
    private final List<String> keyColumns;
    private final Envelope envelope;

    /** What a record wants. */
    enum Wish {
        WRITE,
        DELETE,
        NOTHING
    }

    /** A wish and the fields that it is about. */
    record Change(Wish wish, Map<String, @Nullable Object> fields) {
        static final Change NONE = new Change(Wish.NOTHING, Map.of());
    }

    RecordReader(RecordDecoder values, Optional<RecordDecoder> keys, KafkaIngestOptions options) {
        this.values = values;
        this.keys = keys;
        this.keyColumns = options.keyColumns();
        this.envelope = options.envelope();
    }

    RecordDecoder valueDecoder() {
        return values;
    }

    /**
     * Reads a record.
     *
     * @throws BadRecordException if it cannot be understood
     */
    Change read(ConsumerRecord<byte[], byte[]> found) {
        if (found.value() == null) {
            return keyColumns.isEmpty() ? Change.NONE : new Change(Wish.DELETE, keyOf(found));
        }
        Map<String, @Nullable Object> fields = values.decode(found.value());
        return envelope == Envelope.DEBEZIUM ? unwrap(found, fields) : new Change(Wish.WRITE, withKey(found, fields));
    }

    private Change unwrap(ConsumerRecord<byte[], byte[]> found, Map<String, @Nullable Object> envelopeFields) {
        Object operation = envelopeFields.get("op");
        if (!(operation instanceof String op)) {
            throw new BadRecordException(
                    Fault.UNDECODABLE, "Expected an envelope of Debezium with the field 'op' but there is none");
        }
        return switch (op) {
            case "c", "r", "u" -> new Change(Wish.WRITE, withKey(found, image(envelopeFields, "after")));
            case "d" ->
                keyColumns.isEmpty()
                        ? Change.NONE
                        : new Change(
                                Wish.DELETE,
                                keys.isPresent() && found.key() != null
                                        ? keyOf(found)
                                        : image(envelopeFields, "before"));
            // A message of the source's log is no change of a row.
            case "m" -> Change.NONE;
            default ->
                throw new BadRecordException(
                        Fault.UNDECODABLE, "Expected 'op' to be c, r, u, d or m; a truncate has to be done by hand");
        };
    }

    @SuppressWarnings("unchecked") // records of every decoder have names as keys
    private static Map<String, @Nullable Object> image(Map<String, @Nullable Object> envelopeFields, String name) {
        if (envelopeFields.get(name) instanceof Map<?, ?> row) {
            return (Map<String, @Nullable Object>) row;
        }
        throw new BadRecordException(
                Fault.UNDECODABLE, "Expected the row in field '%s' of the envelope but it is missing".formatted(name));
    }

    /** Key columns that the value lacks come from the key. */
    private Map<String, @Nullable Object> withKey(
            ConsumerRecord<byte[], byte[]> found, Map<String, @Nullable Object> fields) {
        if (keys.isEmpty() || found.key() == null || fields.keySet().containsAll(keyColumns)) {
            return fields;
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>(keyOf(found));
        all.keySet().retainAll(keyColumns);
        all.putAll(fields);
        return all;
    }

    private Map<String, @Nullable Object> keyOf(ConsumerRecord<byte[], byte[]> found) {
        if (keys.isEmpty() || found.key() == null) {
            throw new BadRecordException(
                    Fault.MISSING_VALUE,
                    found.key() == null
                            ? "The record has no key, so it does not say which row to delete"
                            : "The record has no value, and its key cannot be read: the format of keys is not given");
        }
        Map<String, @Nullable Object> key = keys.get().decode(found.key());
        if (keyColumns.size() == 1 && key.size() == 1 && key.containsKey(RecordDecoder.WHOLE)) {
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            named.put(keyColumns.get(0), key.get(RecordDecoder.WHOLE));
            return named;
        }
        return key;
    }
}
