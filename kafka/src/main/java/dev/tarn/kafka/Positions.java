package dev.tarn.kafka;

import dev.tarn.common.Sha256;
import dev.tarn.writer.commit.ProducerToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a table has each partition: the token of one producer per partition, whose sequence is the offset of the next
 * record. Each load takes a higher epoch than the table has, so that an instance that was replaced is refused by name; that
 * nobody else's commit comes in between is guaranteed by naming the token that is followed. Not thread-safe.
 */
final class Positions {
    /** What a producer's name can take; a longer or stranger group or topic is told by its hash. */
    private static final String NAME = "kafka:[A-Za-z0-9._:-]{1,122}";

    private static final int HASH_DIGITS = 40;

    private final String group;
    private final Map<TopicPartition, Position> positions = new HashMap<>();

    private record Position(Optional<ProducerToken> committed, long epoch) {}

    Positions(String group) {
        this.group = group;
    }

    /** The producer that stands for a partition. Topics have no colon, so no two partitions share a name. */
    static String producer(String group, TopicPartition partition) {
        String name = "kafka:%s:%s:%d".formatted(group, partition.topic(), partition.partition());
        if (name.matches(NAME)) {
            return name;
        }
        byte[] hash = Sha256.of((group + ":" + partition.topic()).getBytes(StandardCharsets.UTF_8));
        return "kafka:sha256.%s:%d"
                .formatted(HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS), partition.partition());
    }

    /** Takes over partitions as a table has them. */
    void load(Map<String, ProducerToken> tokens, Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            Optional<ProducerToken> committed = Optional.ofNullable(tokens.get(producer(group, partition)));
            positions.put(
                    partition,
                    new Position(
                            committed, committed.map(token -> token.epoch() + 1).orElse(0L)));
        }
    }

    void forget(Collection<TopicPartition> partitions) {
        partitions.forEach(positions::remove);
    }

    /** The next offset as of the table; empty if it has none of the partition. */
    OptionalLong offset(TopicPartition partition) {
        return known(partition)
                .committed()
                .map(token -> OptionalLong.of(token.sequence()))
                .orElse(OptionalLong.empty());
    }

    /** What a commit says about the partitions that it moves on. */
    List<ProducerToken> tokens(Map<TopicPartition, Long> nextOffsets) {
        List<ProducerToken> tokens = new ArrayList<>();
        nextOffsets.forEach((partition, next) -> tokens.add(
                new ProducerToken(producer(group, partition), known(partition).epoch(), next)));
        return tokens;
    }

    /** What the table must still say about them. */
    Map<String, Optional<ProducerToken>> follows(Map<TopicPartition, Long> nextOffsets) {
        Map<String, Optional<ProducerToken>> follows = new HashMap<>();
        nextOffsets
                .keySet()
                .forEach(partition ->
                        follows.put(producer(group, partition), known(partition).committed()));
        return follows;
    }

    /** Counts a commit as done. */
    void advance(Map<TopicPartition, Long> nextOffsets) {
        nextOffsets.forEach((partition, next) -> {
            long epoch = known(partition).epoch();
            positions.put(
                    partition,
                    new Position(Optional.of(new ProducerToken(producer(group, partition), epoch, next)), epoch));
        });
    }

    private Position known(TopicPartition partition) {
        Position position = positions.get(partition);
        if (position == null) {
            throw new IllegalStateException("Partition " + partition + " is not assigned");
        }
        return position;
    }
}
