package dev.tarn.kafka;

import dev.tarn.kafka.rows.RowBuffer;
import dev.tarn.kafka.rows.RowMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What was read since the window before and goes into one commit. Confined to one thread at a time; its maker closes it. */
final class Window implements AutoCloseable {
    /** Not a name that anybody gives a column. */
    static final String OPERATION_COLUMN = "__tarn_operation";

    private final RowMapper mapper;
    private final RowBuffer rows;
    private final List<DeadLetter> letters = new ArrayList<>();
    private final Map<TopicPartition, Long> nextOffsets = new HashMap<>();
    private long records;
    private long bytes;
    private long skipped;
    private long firstRecordNanos;

    private Window(RowMapper mapper, Schema schema, BufferAllocator allocator) {
        this.mapper = mapper;
        this.rows = new RowBuffer(schema, allocator);
    }

    /** A window whose rows are all added. */
    static Window ofRows(RowMapper mapper, BufferAllocator allocator) {
        return new Window(mapper, mapper.schema(), allocator);
    }

    /** A window whose rows say in {@link #OPERATION_COLUMN} what is to be done with them. */
    static Window ofChanges(RowMapper mapper, BufferAllocator allocator) {
        List<Types.NestedField> columns = new ArrayList<>(mapper.schema().columns());
        int id = mapper.schema().highestFieldId() + 1;
        columns.add(Types.NestedField.required(id, OPERATION_COLUMN, Types.StringType.get()));
        return new Window(mapper, new Schema(columns), allocator);
    }

    /** Makes the rows of this window, of the schema that the table had when the window began. */
    RowMapper mapper() {
        return mapper;
    }

    /** Adds a row, or replaces the one that has its key. */
    void write(@Nullable Object[] row) {
        rows.add(rows.columns() == row.length ? row : with(row, "u"));
    }

    /** Deletes the row that has this one's key. */
    void delete(@Nullable Object[] row) {
        rows.add(with(row, "d"));
    }

    private static @Nullable Object[] with(@Nullable Object[] row, String operation) {
        @Nullable Object[] change = Arrays.copyOf(row, row.length + 1);
        change[row.length] = operation;
        return change;
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
