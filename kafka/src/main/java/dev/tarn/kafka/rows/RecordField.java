package dev.tarn.kafka.rows;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What a record has besides its value; each can be put into a column of its own. */
public enum RecordField {
    /** Name of the topic, a string. */
    TOPIC(Types.StringType.get()) {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.topic();
        }
    },
    /** Number of the partition, an int. */
    PARTITION(Types.IntegerType.get()) {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.partition();
        }
    },
    /** Offset in the partition, a long. */
    OFFSET(Types.LongType.get()) {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.offset();
        }
    },
    /** When the record was made or appended, a timestamp with zone. */
    TIMESTAMP(Types.TimestampType.withZone()) {
        @Override
        @Nullable
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.timestamp() < 0 ? null : Instant.ofEpochMilli(found.timestamp());
        }
    },
    /** The bytes of the key. */
    KEY(Types.BinaryType.get()) {
        @Override
        byte @Nullable [] of(ConsumerRecord<byte[], byte[]> found) {
            return found.key();
        }
    },
    /** The headers as text by name; of headers with one name the last. */
    HEADERS(Types.MapType.ofOptional(1, 2, Types.StringType.get(), Types.StringType.get())) {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            Map<String, @Nullable String> headers = new LinkedHashMap<>();
            for (Header header : found.headers()) {
                headers.put(header.key(), text(header.value()));
            }
            return headers;
        }
    };

    private final Type type;

    RecordField(Type type) {
        this.type = type;
    }

    /** The type of a column that is made for it. */
    public Type type() {
        return type;
    }

    abstract @Nullable Object of(ConsumerRecord<byte[], byte[]> found);

    private static @Nullable String text(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            return java.util.Base64.getEncoder().encodeToString(value);
        }
    }
}
