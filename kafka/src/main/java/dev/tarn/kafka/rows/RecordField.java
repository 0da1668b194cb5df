package dev.tarn.kafka.rows;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
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
    TOPIC {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.topic();
        }
    },
    /** Number of the partition, an int. */
    PARTITION {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.partition();
        }
    },
    /** Offset in the partition, a long. */
    OFFSET {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.offset();
        }
    },
    /** When the record was made or appended, a timestamp with zone. */
    TIMESTAMP {
        @Override
        @Nullable
        Object of(ConsumerRecord<byte[], byte[]> found) {
            return found.timestamp() < 0 ? null : Instant.ofEpochMilli(found.timestamp());
        }
    },
    /** The bytes of the key. */
    KEY {
        @Override
        byte @Nullable [] of(ConsumerRecord<byte[], byte[]> found) {
            return found.key();
        }
    },
    /** The headers as text by name; of headers with one name the last. */
    HEADERS {
        @Override
        Object of(ConsumerRecord<byte[], byte[]> found) {
            Map<String, @Nullable String> headers = new LinkedHashMap<>();
            for (Header header : found.headers()) {
                headers.put(header.key(), text(header.value()));
            }
            return headers;
        }
    };

    /** The type of a column that is made for it. */
    public Type type() {
        return switch (this) {
            case TOPIC -> Types.StringType.get();
            case PARTITION -> Types.IntegerType.get();
            case OFFSET -> Types.LongType.get();
            case TIMESTAMP -> Types.TimestampType.withZone();
            case KEY -> Types.BinaryType.get();
            case HEADERS -> Types.MapType.ofOptional(1, 2, Types.StringType.get(), Types.StringType.get());
        };
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
            return Base64.getEncoder().encodeToString(value);
        }
    }
}
