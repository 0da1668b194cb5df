package dev.tarn.kafka;

import dev.tarn.kafka.rows.RowBuffer;
import dev.tarn.kafka.rows.RowMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What was read since the window before and goes into one commit. Confined to one thread at a time; its maker closes it. */
final class Window implements AutoCloseable {
    private final RowMapper mapper;
    private final RowBuffer rows;
    private final List<DeadLetter> letters = new ArrayList<>();
    private final Map<TopicPartition, Long> nextOffsets = new HashMap<>();
    private long records;
    private long bytes;
    private long skipped;
    private long firstRecordNanos;

    Window(RowMapper mapper, BufferAllocator allocator) {
        this.mapper = mapper;
        this.rows = new RowBuffer(mapper.schema(), allocator);
    }

    /** Makes the rows of this window, of the schema that the table had when the window began. */
    RowMapper mapper() {
        return mapper;
    }

    void addRow(@Nullable Object[] row) {
        rows.add(row);
    }

    void addLetter(DeadLetter letter) {
        letters.add(letter);
    }

    void skip() {
        skipped++;
    }

    /** Counts a record, whatever became of it. */
    void pass(ConsumerRecord<byte[], byte[]> found) {
        if (records == 0) {
            firstRecordNanos = System.nanoTime();
        }
        records++;
        bytes += Math.max(0, found.serializedKeySize()) + (long) Math.max(0, found.serializedValueSize());
        nextOffsets.put(new TopicPartition(found.topic(), found.partition()), found.offset() + 1);
    }

    /** Notes where a partition begins, so that it is in the table before a record of it. */
    void begin(TopicPartition partition, long offset) {
        nextOffsets.put(partition, offset);
    }

    boolean isEmpty() {
        return nextOffsets.isEmpty();
    }

    boolean isFull(CommitLimits limits) {
        return records >= limits.maxRecords()
                || bytes >= limits.maxBytes().bytes()
                || (records > 0
                        && System.nanoTime() - firstRecordNanos
                                >= limits.maxAge().toNanos());
    }

    RowBuffer rows() {
        return rows;
    }

    List<DeadLetter> letters() {
        return letters;
    }

    Map<TopicPartition, Long> nextOffsets() {
        return nextOffsets;
    }

    long records() {
        return records;
    }

    long skipped() {
        return skipped;
    }

    @Override
    public void close() {
        rows.close();
    }
}
