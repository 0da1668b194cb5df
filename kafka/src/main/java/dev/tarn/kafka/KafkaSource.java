package dev.tarn.kafka;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is read.
 *
 * @param topics at least one
 * @param partitions these partitions of each topic only, without a consumer group; empty shares all partitions among
 *     the instances of the group
 * @param group names the readers for as long as the table lives: it is in the table's tokens
 * @param start where reading begins in partitions that the table has no position of
 * @param lostRecords what happens when the topic has deleted records that were not read yet
 * @param client properties of Kafka's consumer, bootstrap servers and logins among them; they are not printed
 */
public record KafkaSource(
        Set<String> topics,
        Set<Integer> partitions,
        String group,
        StartPosition start,
        LostRecords lostRecords,
        Map<String, String> client) {
    /** Properties that the exactly-once guarantee rests on. */
    private static final List<String> OWN_PROPERTIES =
            List.of("enable.auto.commit", "auto.offset.reset", "group.id", "key.deserializer", "value.deserializer");

    /** Copies the collections; refuses no topic, no group and client properties that are not the caller's to set. */
    public KafkaSource {
        topics = Set.copyOf(topics);
        partitions = Set.copyOf(partitions);
        client = Map.copyOf(client);
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("topics must not be empty");
        }
        if (group.isBlank()) {
            throw new IllegalArgumentException("group must not be blank");
        }
        for (String property : OWN_PROPERTIES) {
            if (client.containsKey(property)) {
                throw new IllegalArgumentException(
                        "the Kafka property '%s' cannot be set: what is read once is decided by the table"
                                .formatted(property));
            }
        }
    }

    /** All partitions of one topic from the beginning, in a group. */
    public static KafkaSource of(String bootstrapServers, String topic, String group) {
        return new KafkaSource(
                Set.of(topic),
                Set.of(),
                group,
                StartPosition.EARLIEST,
                LostRecords.ABORT,
                Map.of("bootstrap.servers", bootstrapServers));
    }

    /** The same, for some partitions without a consumer group. */
    public KafkaSource withPartitions(Set<Integer> some) {
        return new KafkaSource(topics, some, group, start, lostRecords, client);
    }

    /** The same, from elsewhere. */
    public KafkaSource withStart(StartPosition position) {
        return new KafkaSource(topics, partitions, group, position, lostRecords, client);
    }

    /** The same, with another rule for records that the topic deleted. */
    public KafkaSource withLostRecords(LostRecords rule) {
        return new KafkaSource(topics, partitions, group, start, rule, client);
    }

    /** The same, with other client properties. */
    public KafkaSource withClient(Map<String, String> properties) {
        return new KafkaSource(topics, partitions, group, start, lostRecords, properties);
    }

    /** Without the values of the client properties, of which some are secret. */
    @Override
    public String toString() {
        return "KafkaSource[topics=%s, partitions=%s, group=%s, start=%s, client=%s]"
                .formatted(new TreeSet<>(topics), partitions, group, start, new TreeSet<>(client.keySet()));
    }
}
