package dev.tarn.writer.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowBlock;

/**
 * Reads one partition out of all runs: one run after the other, or merged by key, where equal keys keep the order of the
 * runs. Holds one block of each run in memory. Confined to one thread.
 */
final class RunMerge implements AutoCloseable {
    /** Rows handed on at once at most. */
    private static final int STEP_ROWS = 8_192;

    private final int partition;
    private final StoredColumns columns;
    private final BufferAllocator allocator;
    private final VectorSchemaRoot step;
    private final List<Cursor> cursors = new ArrayList<>();

    RunMerge(int partition, List<SpilledRun> runs, StoredColumns columns, BufferAllocator allocator) {
        this.partition = partition;
        this.columns = columns;
        this.allocator = allocator;
        this.step = columns.newBatch(allocator);
        for (SpilledRun run : runs) {
            List<ArrowBlock> blocks = run.blocks(partition);
            if (!blocks.isEmpty()) {
                cursors.add(new Cursor(cursors.size(), run, blocks.iterator()));
            }
        }
    }

    /** Hands all rows on. */
    void drain(RowSink sink) {
        if (columns.sorter().isEmpty()) {
            for (Cursor cursor : cursors) {
                passOn(cursor, sink);
            }
            return;
        }
        PriorityQueue<Cursor> heap =
                new PriorityQueue<>(Math.max(1, cursors.size()), Comparator.<Cursor>naturalOrder());
        for (Cursor cursor : cursors) {
            if (cursor.loadNext()) {
                heap.add(cursor);
            }
        }
        int[] taken = new int[STEP_ROWS];
        int[] takenFrom = new int[STEP_ROWS];
        while (heap.size() > 1) {
            mergeStep(heap, taken, takenFrom, sink);
        }
        Cursor last = heap.poll();
        if (last != null) {
            last.handOnRest(sink);
            passOn(last, sink);
        }
    }

    @Override
    public void close() {
        cursors.forEach(cursor -> cursor.batch.close());
        step.close();
    }

    private static void passOn(Cursor cursor, RowSink sink) {
        while (cursor.loadNext()) {
            cursor.handOnRest(sink);
        }
    }

    /** Merges until a step is full or a block is used up; rows taken from one cursor are then neighbours in its block. */
    private void mergeStep(PriorityQueue<Cursor> heap, int[] taken, int[] takenFrom, RowSink sink) {
        cursors.forEach(cursor -> cursor.stepBegin = cursor.row);
        int count = 0;
        Cursor current = heap.remove();
        while (count < STEP_ROWS && current.row < current.rows()) {
            taken[count] = current.row - current.stepBegin;
            takenFrom[count++] = current.number;
            current.row++;
            Cursor next = heap.peek();
            if (current.row < current.rows() && next != null && next.compareTo(current) < 0) {
                heap.add(current);
                current = heap.remove();
            }
        }
        int[] begins = stage();
        for (int i = 0; i < count; i++) {
            taken[i] += begins[takenFrom[i]];
        }
        sink.accept(partition, step, taken, count, columns.origins(step));
        if (current.row < current.rows() || current.loadNext()) {
            heap.add(current);
        }
    }

    private int[] stage() {
        int[] begins = new int[cursors.size()];
        int rows = 0;
        columns.reset(step);
        for (Cursor cursor : cursors) {
            begins[cursor.number] = rows;
            if (cursor.row > cursor.stepBegin) {
                RowAppender.append(
                        step,
                        rows,
                        cursor.batch,
                        columns.count(),
                        columns.ascending(cursor.row),
                        cursor.stepBegin,
                        cursor.row);
                rows += cursor.row - cursor.stepBegin;
            }
        }
        step.setRowCount(rows);
        return begins;
    }

    /** Where reading stands in one run. */
    private final class Cursor implements Comparable<Cursor> {
        private final int number;
        private final SpilledRun run;
        private final Iterator<ArrowBlock> blocks;
        private final VectorSchemaRoot batch = columns.newBatch(allocator);
        private final SortKeys keys = new SortKeys();
        private int row;
        private int stepBegin;

        Cursor(int number, SpilledRun run, Iterator<ArrowBlock> blocks) {
            this.number = number;
            this.run = run;
            this.blocks = blocks;
        }

        int rows() {
            return batch.getRowCount();
        }

        boolean loadNext() {
            batch.clear();
            row = 0;
            stepBegin = 0;
            if (!blocks.hasNext()) {
                return false;
            }
            run.load(blocks.next(), batch, allocator);
            keys.clear();
            columns.sorter().ifPresent(sorter -> sorter.encode(batch, columns.ascending(rows()), 0, rows(), keys));
            return true;
        }

        void handOnRest(RowSink sink) {
            int count = rows() - row;
            int[] rest = new int[count];
            for (int i = 0; i < count; i++) {
                rest[i] = row + i;
            }
            sink.accept(partition, batch, rest, count, columns.origins(batch));
        }

        @Override
        public int compareTo(Cursor other) {
            int order = keys.compare(row, other.keys, other.row);
            return order != 0 ? order : Integer.compare(number, other.number);
        }
    }
}
