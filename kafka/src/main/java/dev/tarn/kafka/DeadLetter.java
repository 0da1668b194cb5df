package dev.tarn.kafka;

import dev.tarn.kafka.decode.BadRecordException.Fault;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A record that could not become a row, whole, with the reason. */
record DeadLetter(ConsumerRecord<byte[], byte[]> origin, Fault fault, String reason) {
    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "topic", Types.StringType.get()),
            Types.NestedField.required(2, "partition", Types.IntegerType.get()),
            Types.NestedField.required(3, "offset", Types.LongType.get()),
            Types.NestedField.optional(4, "timestamp", Types.TimestampType.withZone()),
            Types.NestedField.required(5, "error_kind", Types.StringType.get()),
            Types.NestedField.required(6, "error", Types.StringType.get()),
            Types.NestedField.optional(7, "key", Types.BinaryType.get()),
            Types.NestedField.optional(8, "value", Types.BinaryType.get()));

    TopicPartition partition() {
        return new TopicPartition(origin.topic(), origin.partition());
    }

    @Nullable
    Object[] row() {
        return new @Nullable Object[] {
            origin.topic(),
            origin.partition(),
            origin.offset(),
            timestamp(),
            fault.name(),
            reason,
            origin.key() == null ? null : ByteBuffer.wrap(origin.key()),
            origin.value() == null ? null : ByteBuffer.wrap(origin.value())
        };
    }

    private @Nullable OffsetDateTime timestamp() {
        return origin.timestamp() < 0
                ? null
                : OffsetDateTime.ofInstant(Instant.ofEpochMilli(origin.timestamp()), ZoneOffset.UTC);
    }
}
