package dev.tarn.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Makes topics and records on a broker. Thread-safe; whoever makes it closes it. */
final class TestTopics implements AutoCloseable {
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final Queue<ProducerRecord<byte[], byte[]>> undelivered = new ConcurrentLinkedQueue<>();

    TestTopics(String bootstrapServers) {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "linger.ms",
                        5,
                        "request.timeout.ms",
                        10_000,
                        "delivery.timeout.ms",
                        30_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    void create(String topic, int partitions) {
        get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    void delete(String topic) {
        get(admin.deleteTopics(List.of(topic)).all());
    }

    void deleteRecordsBefore(TopicPartition partition, long offset) {
        get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                .all());
    }

    long committedOffset(String group, TopicPartition partition) {
        var offset = get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .get(partition);
        return offset == null ? -1 : offset.offset();
    }

    void send(String topic, int partition, String value) {
        send(topic, partition, null, value.getBytes(StandardCharsets.UTF_8));
    }

    void send(String topic, int partition, byte @Nullable [] key, byte @Nullable [] value) {
        send(new ProducerRecord<>(topic, partition, key, value));
    }

    /** Waits until everything that was sent is there; what a busy machine kept from the broker is sent once more. */
    void flush() {
        producer.flush();
        for (ProducerRecord<byte[], byte[]> late = undelivered.poll(); late != null; late = undelivered.poll()) {
            try {
                var unused = producer.send(late).get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void send(ProducerRecord<byte[], byte[]> sent) {
        var unused = producer.send(sent, (where, failure) -> {
            if (failure != null) {
                undelivered.add(sent);
            }
        });
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
