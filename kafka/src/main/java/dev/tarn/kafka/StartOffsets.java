package dev.tarn.kafka;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Finds where to begin in each partition: where the table says, else where the caller wants. Used by the consumer's thread. */
final class StartOffsets {
    private final Consumer<byte[], byte[]> consumer;
    private final KafkaSource source;
    private final KafkaIngestListener listener;

    StartOffsets(Consumer<byte[], byte[]> consumer, KafkaSource source, KafkaIngestListener listener) {
        this.consumer = consumer;
        this.source = source;
        this.listener = listener;
    }

    /**
     * All partitions that there are to read, by all instances together.
     *
     * @throws TarnException NOT_FOUND for topics and partitions that do not exist
     */
    List<TopicPartition> allPartitions() {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : source.topics()) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic);
            if (partitions == null || partitions.isEmpty()) {
                throw new TarnException(
                        ErrorKind.NOT_FOUND,
                        "Topic '%s' does not exist%s"
                                .formatted(
                                        topic,
                                        NearestName.hint(
                                                topic, consumer.listTopics().keySet())));
            }
            Set<Integer> numbers =
                    partitions.stream().map(PartitionInfo::partition).collect(Collectors.toSet());
            for (int wanted : source.partitions()) {
                if (!numbers.contains(wanted)) {
                    throw new TarnException(
                            ErrorKind.NOT_FOUND,
                            "Topic '%s' has no partition %d; it has 0 to %d"
                                    .formatted(topic, wanted, numbers.size() - 1));
                }
            }
            numbers.stream()
                    .filter(number ->
                            source.partitions().isEmpty() || source.partitions().contains(number))
                    .forEach(number -> all.add(new TopicPartition(topic, number)));
        }
        return all;
    }

    /**
     * The offset of the first record to read of each partition.
     *
     * @throws TarnException REFUSED if records that were not read yet are gone, or the topic is another one than before
     */
    Map<TopicPartition, Long> of(Collection<TopicPartition> partitions, Positions positions) {
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        List<TopicPartition> fresh = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            OptionalLong known = positions.offset(partition);
            if (known.isEmpty()) {
                fresh.add(partition);
            } else {
                offsets.put(
                        partition,
                        resume(
                                partition,
                                known.getAsLong(),
                                first.getOrDefault(partition, 0L),
                                end.getOrDefault(partition, 0L)));
            }
        }
        offsets.putAll(initial(fresh, first, end));
        return offsets;
    }

    private long resume(TopicPartition partition, long known, long first, long end) {
        if (known > end) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "The table has read %s up to offset %d but the topic ends at %d: it was made anew; use another group name to read it from the start"
                            .formatted(partition, known, end));
        }
        if (known >= first) {
            return known;
        }
        String lost =
                "Records %d to %d of %s were deleted before they were read".formatted(known, first - 1, partition);
        if (source.lostRecords() == LostRecords.ABORT) {
            throw new TarnException(
                    ErrorKind.REFUSED, lost + "; allow lost records to be skipped to go on without them");
        }
        listener.noticed(lost);
        return first;
    }

    private Map<TopicPartition, Long> initial(
            List<TopicPartition> fresh, Map<TopicPartition, Long> first, Map<TopicPartition, Long> end) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        switch (source.start().kind()) {
            case EARLIEST -> fresh.forEach(partition -> offsets.put(partition, first.getOrDefault(partition, 0L)));
            case LATEST -> fresh.forEach(partition -> offsets.put(partition, end.getOrDefault(partition, 0L)));
            case TIMESTAMP -> {
                long millis = source.start().time().orElseThrow().toEpochMilli();
                Map<TopicPartition, Long> times = new HashMap<>();
                fresh.forEach(partition -> times.put(partition, millis));
                consumer.offsetsForTimes(times)
                        .forEach((partition, found) ->
                                offsets.put(partition, offsetOrEnd(found, end.getOrDefault(partition, 0L))));
            }
        }
        return offsets;
    }

    private static long offsetOrEnd(@Nullable OffsetAndTimestamp found, long end) {
        return found == null ? end : found.offset();
    }
}
