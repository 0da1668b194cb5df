package dev.tarn.writer.layout;

import dev.tarn.common.Closer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Rows of batches of one schema that wait for their files. They gather in memory, all partitions in one batch, so that a
 * thousand partitions cost no more than one; when the owner says so they are ordered by partition and sort key and become a
 * run on local disk. A partition is read back merged from all runs. Runs are merged into larger ones when there are many.
 * Confined to one thread; closing frees memory and disk.
 */
public final class PartitionStore implements AutoCloseable {
    /**
     * Runs of one level before they are merged into one of the next: what a merge holds open is this many blocks for each
     * level, and each level multiplies the size of a run by it.
     */
    private static final int RUNS_PER_LEVEL = 16;

    private final StoredColumns columns;
    private final BufferAllocator allocator;
    private final SpillSpace space;
    private final long blockBytes;
    private final VectorSchemaRoot batch;
    private final SortKeys keys = new SortKeys();
    private final List<SpilledRun> runs = new ArrayList<>();
    private int[] partitions = new int[0];
    private int rows;
    private int partitionCount;

    /** Whether the store remembers where rows came from. */
    public enum Tracking {
        /** It does not. */
        NONE,
        /** One number for each row. */
        ORIGINS
    }

    /**
     * An empty store.
     *
     * @param batches schema of all batches, compared with that of each
     * @param sorter order of the rows of a partition; empty if they stay as they came
     * @param allocator stays the caller's
     * @param space where runs go; stays the caller's
     * @param blockBytes about how much of each run a merge holds in memory
     */
    public PartitionStore(
            Schema batches,
            Optional<SortKeyEncoder> sorter,
            Tracking tracking,
            BufferAllocator allocator,
            SpillSpace space,
            long blockBytes) {
        this.columns = new StoredColumns(batches, sorter, tracking);
        this.allocator = allocator;
        this.space = space;
        this.blockBytes = blockBytes;
        this.batch = columns.newBatch(allocator);
    }

    /** Whether batches of a schema can be added. */
    public boolean fits(Schema batches, Tracking tracking) {
        return columns.tracked() == (tracking == Tracking.ORIGINS)
                && columns.schema().getFields().subList(0, columns.given()).equals(batches.getFields());
    }

    /**
     * Adds rows.
     *
     * @param selected row numbers, of which the first {@code count} are taken
     * @param partitionOf the partition of each of these rows, numbered from 0 without large gaps
     * @param originBase the origin of a row is this plus its row number
     */
    public void add(VectorSchemaRoot source, int[] selected, int[] partitionOf, int count, long originBase) {
        RowAppender.append(batch, rows, source, columns.given(), selected, 0, count);
        if (columns.tracked()) {
            BigIntVector origins = (BigIntVector) batch.getVector(columns.given());
            for (int i = 0; i < count; i++) {
                origins.setSafe(rows + i, originBase + selected[i]);
            }
        }
        columns.sorter().ifPresent(sorter -> sorter.encode(source, selected, 0, count, keys));
        if (partitions.length < rows + count) {
            partitions = Arrays.copyOf(partitions, Math.max(rows + count, rows * 2));
        }
        for (int i = 0; i < count; i++) {
            partitions[rows + i] = partitionOf[i];
            partitionCount = Math.max(partitionCount, partitionOf[i] + 1);
        }
        rows += count;
    }

    /** Rows in memory. */
    public int bufferedRows() {
        return rows;
    }

    /** Bytes of memory beyond what the allocator counts. */
    public long heapBytes() {
        return keys.retainedBytes() + (long) partitions.length * Integer.BYTES;
    }

    /** Whether rows are on disk. */
    public boolean hasRuns() {
        return !runs.isEmpty();
    }

    /** Bytes of one partition on disk. */
    public long spilledBytes(int partition) {
        return runs.stream().mapToLong(run -> run.bytes(partition)).sum();
    }

    /** Partitions with rows on disk, in ascending order. */
    public SortedSet<Integer> spilledPartitions() {
        SortedSet<Integer> found = new TreeSet<>();
        runs.forEach(run -> found.addAll(run.partitions()));
        return found;
    }

    /**
     * Empties the memory: partitions that the sink accepts go there, in order, all others to a new run.
     *
     * @param accepted asked for one partition after the other, when those before it are through
     * @throws dev.tarn.common.TarnException UNAVAILABLE if the disk fails, REFUSED beyond the limit of the spill space
     */
    public void flush(IntPredicate accepted, RowSink sink) {
        if (rows == 0) {
            return;
        }
        batch.setRowCount(rows);
        RowOrder order =
                RowOrder.of(partitions, rows, partitionCount, columns.sorter().isPresent() ? keys : null);
        RowSink.Origins origins = columns.origins(batch);
        List<RowOrder.Part> rest = new ArrayList<>();
        for (RowOrder.Part part : order.parts()) {
            if (accepted.test(part.partition())) {
                int[] partRows = Arrays.copyOfRange(order.rows(), part.from(), part.to());
                sink.accept(part.partition(), batch, partRows, partRows.length, origins);
            } else {
                rest.add(part);
            }
        }
        if (!rest.isEmpty()) {
            runs.add(spill(order, rest));
        }
        forgetRows();
        mergeFullLevel();
    }

    /** Hands all spilled rows of one partition on, in order, and forgets them. */
    public void drain(int partition, RowSink sink) {
        try (RunMerge merge = new RunMerge(partition, runs, columns, allocator)) {
            merge.drain(sink);
        }
        runs.forEach(run -> run.forget(partition));
        for (SpilledRun run : List.copyOf(runs)) {
            if (run.partitions().isEmpty()) {
                runs.remove(run);
                run.close();
            }
        }
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            closer.register(batch);
            runs.forEach(closer::register);
        }
        runs.clear();
        rows = 0;
    }

    private SpilledRun spill(RowOrder order, List<RowOrder.Part> parts) {
        try (SpilledRun.Writer out = SpilledRun.Writer.open(space, columns, allocator, blockBytes, 0)) {
            for (RowOrder.Part part : parts) {
                out.append(part.partition(), batch, order.rows(), part.from(), part.to());
            }
            return out.finish();
        }
    }

    private void forgetRows() {
        batch.clear();
        keys.release();
        partitions = new int[0];
        rows = 0;
    }

    private void mergeFullLevel() {
        int level = runs.isEmpty() ? 0 : runs.get(runs.size() - 1).level();
        List<SpilledRun> full =
                runs.stream().filter(run -> run.level() == level).toList();
        if (full.size() < RUNS_PER_LEVEL) {
            return;
        }
        // Levels only ever fall along the list, so these are its newest runs and their rows stay behind all others.
        SpilledRun merged = merge(full, level + 1);
        runs.removeAll(full);
        full.forEach(SpilledRun::close);
        runs.add(merged);
        mergeFullLevel();
    }

    private SpilledRun merge(List<SpilledRun> full, int level) {
        SortedSet<Integer> all = new TreeSet<>();
        full.forEach(run -> all.addAll(run.partitions()));
        try (SpilledRun.Writer out = SpilledRun.Writer.open(space, columns, allocator, blockBytes, level)) {
            for (int partition : all) {
                try (RunMerge merge = new RunMerge(partition, full, columns, allocator)) {
                    merge.drain(
                            (same, source, selected, count, origins) -> out.append(same, source, selected, 0, count));
                }
            }
            return out.finish();
        }
    }
}
