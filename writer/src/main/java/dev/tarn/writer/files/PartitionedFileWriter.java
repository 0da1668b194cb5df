package dev.tarn.writer.files;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.layout.PartitionStore;
import dev.tarn.writer.layout.PartitionStore.Tracking;
import dev.tarn.writer.layout.RowSink;
import dev.tarn.writer.layout.SpillSpace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;

/**
 * Writes batches into data files of a table's current schema, partition spec and sort order: split by partition, sorted
 * where the table asks for it, rolled at the target size. One memory budget covers rows that wait and row groups that are
 * unfinished; past it waiting rows go to the spill folder and reach their files later, one partition after the other, so
 * that many partitions in random order make neither tiny files nor tiny row groups. Not thread-safe. Closing without
 * {@link #complete} deletes every file that was written.
 */
public final class PartitionedFileWriter implements AutoCloseable {
    /** Rows of one partition in one step below which they wait for more, as every call into a file has its price. */
    private static final int FEW_ROWS = 512;

    /** Batches of so many schemas wait side by side before the oldest are written out. */
    private static final int MAX_STORES = 8;

    /** How much smaller a file is than its rows in memory, until the first file tells. */
    private static final double FIRST_GUESS_OF_RATIO = 4;

    private final Table table;
    private final FileLimits limits;
    private final WriteOrder order;
    private final OpenFiles files;
    private final Partitions partitions;
    private final BufferAllocator allocator;
    private final SpillSpace space;
    private final Deque<PartitionStore> stores = new ArrayDeque<>();
    private final List<RowPlacement> placements = new ArrayList<>();
    private long drainedBytes;
    private long writtenBytes;
    private long peakBytes;
    private boolean completed;
    private boolean closed;

    /** Told where each row went. */
    @FunctionalInterface
    public interface RowPlacement {
        /** Not interested, which is cheaper than doing nothing. */
        RowPlacement NONE = (row, location, position) -> {};

        /**
         * A row of the batch was written. Rows that wait for others are told of in a later call to the writer, the last of
         * them before {@link PartitionedFileWriter#complete} returns, and in the order of the files.
         *
         * @param row its number in the batch of the write call that this placement was given to
         * @param location the data file
         * @param position its position in that file
         */
        void placed(int row, String location, long position);
    }

    /**
     * A writer for the schema, spec and sort order that the table has now.
     *
     * @throws TarnException UNSUPPORTED for tables with encryption; INVALID for a bad table property
     */
    public PartitionedFileWriter(Table table, FileLimits limits) {
        this.table = table;
        this.limits = limits;
        this.order = WriteOrder.of(table);
        this.files = new OpenFiles(table, limits, order.order());
        this.partitions = new Partitions(table);
        this.space = new SpillSpace(limits.spillFolder(), limits.spillLimit());
        // The budget is kept by looking at it between steps; this stops single steps that need far more.
        this.allocator = new RootAllocator(Math.max(limits.memoryBudget().bytes(), 1L << 20) * 4);
    }

    /** Writes all rows of a batch, which stays the caller's. */
    public void write(VectorSchemaRoot batch) {
        int[] all = new int[batch.getRowCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        write(batch, all, all.length, RowPlacement.NONE);
    }

    /**
     * Writes chosen rows of a batch, which stays the caller's and may be changed afterwards.
     *
     * @param selected row numbers, of which the first {@code count} are taken
     * @param placement told of these rows, now or later
     * @throws TarnException INVALID naming the column, if a vector does not fit or a required value is null; REFUSED if
     *     single rows are far larger than the memory budget, or beyond a limit; UNAVAILABLE if rows cannot be spilled
     */
    public void write(VectorSchemaRoot batch, int[] selected, int count, RowPlacement placement) {
        if (count == 0) {
            return;
        }
        long originBase = 0;
        if (placement != RowPlacement.NONE) {
            originBase = (long) placements.size() << Integer.SIZE;
            placements.add(placement);
        }
        int step = limits.rowsOfOneStep(OpenFiles.bytesOf(batch), batch.getRowCount());
        try {
            for (int from = 0; from < count; from += step) {
                int to = Math.min(from + step, count);
                int[] rows = from == 0 && to == count ? selected : Arrays.copyOfRange(selected, from, to);
                writeStep(batch, rows, to - from, placement, originBase);
                keepWithinMemory();
            }
        } catch (OutOfMemoryException e) {
            throw tooLarge(e);
        }
    }

    /** Finishes all files and returns them. They are the caller's from then on. */
    public List<DataFile> complete() {
        try {
            while (!stores.isEmpty()) {
                drainOldest();
            }
        } catch (OutOfMemoryException e) {
            throw tooLarge(e);
        }
        files.partitions().forEach(files::finish);
        placements.clear();
        allocator.close();
        completed = true;
        return files.finished();
    }

    /**
     * Deletes every file that was written, finished or not.
     *
     * @return what could not be deleted, which is logged and left to orphan cleanup
     */
    public List<String> abort() {
        dropWaitingRows();
        return files.abort();
    }

    @Override
    public void close() {
        if (!closed && !completed) {
            abort();
        }
        closed = true;
    }

    /** The most memory that waiting rows and unfinished row groups took together, as seen between steps, in bytes. */
    long peakBytes() {
        return peakBytes;
    }

    private void writeStep(VectorSchemaRoot batch, int[] rows, int count, RowPlacement placement, long originBase) {
        int[] partitionOf = partitions.of(batch, rows, count);
        if (!order.asTheyCome()) {
            storeFor(batch, placement).add(batch, rows, partitionOf, count, originBase);
            return;
        }
        if (table.spec().isUnpartitioned()) {
            files.write(partitions.key(0), batch, rows, count, placement);
            return;
        }
        int[] counts = new int[partitions.count()];
        for (int i = 0; i < count; i++) {
            counts[partitionOf[i]]++;
        }
        int waiting = 0;
        int[] waitingRows = new int[count];
        int[] waitingPartitions = new int[count];
        int[][] direct = new int[counts.length][];
        for (int i = 0; i < count; i++) {
            int partition = partitionOf[i];
            if (direct[partition] == null
                    && counts[partition] >= FEW_ROWS
                    && files.accepts(partitions.key(partition))) {
                direct[partition] = new int[counts[partition]];
                counts[partition] = 0;
            }
            if (direct[partition] != null) {
                direct[partition][counts[partition]++] = rows[i];
            } else {
                waitingPartitions[waiting] = partition;
                waitingRows[waiting++] = rows[i];
            }
        }
        for (int partition = 0; partition < direct.length; partition++) {
            if (direct[partition] != null) {
                files.write(partitions.key(partition), batch, direct[partition], counts[partition], placement);
            }
        }
        if (waiting > 0) {
            storeFor(batch, placement).add(batch, waitingRows, waitingPartitions, waiting, originBase);
        }
    }

    private PartitionStore storeFor(VectorSchemaRoot batch, RowPlacement placement) {
        Tracking tracking = placement == RowPlacement.NONE ? Tracking.NONE : Tracking.ORIGINS;
        for (PartitionStore store : stores) {
            if (store.fits(batch.getSchema(), tracking)) {
                return store;
            }
        }
        if (stores.size() >= MAX_STORES) {
            drainOldest();
        }
        PartitionStore store = new PartitionStore(
                batch.getSchema(), order.sorter(), tracking, allocator, space, limits.spillBlockBytes());
        stores.add(store);
        return store;
    }

    private void keepWithinMemory() {
        long waiting = waitingBytes();
        peakBytes = Math.max(peakBytes, waiting + files.bufferedBytes());
        if (waiting <= limits.waitingBytes()) {
            return;
        }
        files.countBufferedBytes();
        for (PartitionStore store : stores) {
            store.flush(
                    partition -> order.asTheyCome() && files.accepts(partitions.key(partition)), this::writeWaiting);
            if (!order.acrossFiles()) {
                drainFullFiles(store);
            }
        }
    }

    private long waitingBytes() {
        return allocator.getAllocatedMemory()
                + stores.stream().mapToLong(PartitionStore::heapBytes).sum();
    }

    /** Writes out the partitions whose spilled rows are enough for a file; what is in memory has just been spilled. */
    private void drainFullFiles(PartitionStore store) {
        for (int partition : store.spilledPartitions()) {
            if (store.spilledBytes(partition) >= limits.targetFileSize().bytes() * ratio()) {
                drain(store, partition);
            }
        }
    }

    private double ratio() {
        return writtenBytes == 0 ? FIRST_GUESS_OF_RATIO : Math.max(1, (double) drainedBytes / writtenBytes);
    }

    private void drain(PartitionStore store, int partition) {
        long before = files.finishedBytes();
        drainedBytes += store.spilledBytes(partition);
        store.drain(partition, this::writeWaiting);
        files.finish(partitions.key(partition));
        writtenBytes += files.finishedBytes() - before;
    }

    private void drainOldest() {
        PartitionStore store = stores.getFirst();
        if (store.hasRuns()) {
            store.flush(partition -> false, this::writeWaiting);
            SortedSet<Integer> rest = store.spilledPartitions();
            for (PartitionKey open : files.partitions()) {
                // First those whose files are open, which frees their row groups.
                int partition = partitions.find(open);
                if (rest.remove(partition)) {
                    drain(store, partition);
                } else {
                    files.finish(open);
                }
            }
            rest.forEach(partition -> drain(store, partition));
        } else {
            int[] last = {-1};
            store.flush(partition -> true, (partition, batch, rows, count, origins) -> {
                if (last[0] >= 0 && last[0] != partition) {
                    files.finish(partitions.key(last[0]));
                }
                last[0] = partition;
                writeWaiting(partition, batch, rows, count, origins);
            });
            if (last[0] >= 0) {
                files.finish(partitions.key(last[0]));
            }
        }
        stores.removeFirst().close();
    }

    private void writeWaiting(int partition, VectorSchemaRoot batch, int[] rows, int count, RowSink.Origins origins) {
        RowPlacement placement = placements.isEmpty()
                ? RowPlacement.NONE
                : (row, location, position) -> {
                    long origin = origins.of(row);
                    placements.get((int) (origin >>> Integer.SIZE)).placed((int) origin, location, position);
                };
        files.write(partitions.key(partition), batch, rows, count, placement);
        peakBytes = Math.max(peakBytes, waitingBytes() + files.bufferedBytes());
    }

    private void dropWaitingRows() {
        try (Closer closer = new Closer()) {
            closer.register(allocator);
            stores.forEach(closer::register);
        }
        stores.clear();
        placements.clear();
    }

    private TarnException tooLarge(OutOfMemoryException cause) {
        return new TarnException(
                ErrorKind.REFUSED,
                "Rows for table %s do not fit into the memory budget of %s; write smaller batches or raise the budget"
                        .formatted(table.name(), limits.memoryBudget()),
                cause);
    }
}
